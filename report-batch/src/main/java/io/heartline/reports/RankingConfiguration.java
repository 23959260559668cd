package io.heartline.reports;

import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.mongo.ForRequests;
import io.heartline.reports.mongo.MongoIndex;
import io.heartline.reports.mongo.ReadTimeout;
import io.heartline.reports.ranking.RankingReader;
import io.heartline.reports.ranking.RankingSort;
import io.heartline.reports.ranking.Rankings;
import io.heartline.reports.read.RecentProgress;
import io.heartline.reports.settings.DatabaseSettings;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

@Configuration(proxyBeanMethods = false)
class RankingConfiguration {

    @Bean
    Rankings rankings(
            @ForRequests ReactiveMongoTemplate mongo,
            RecentProgress recentProgress,
            DatabaseSettings database,
            WeekCalendar calendar,
            ReadTimeout limit) {
        return new Rankings(new RankingReader(mongo), recentProgress, database, calendar, limit);
    }

    @Bean
    @ConditionalOnWebApplication // a command that verifies writes nothing
    MongoIndex rankingIndex(ReactiveMongoTemplate mongo) {
        return index(mongo, RankingSort.likes);
    }

    @Bean
    @ConditionalOnWebApplication // a command that verifies writes nothing
    MongoIndex likersRankingIndex(ReactiveMongoTemplate mongo) {
        return index(mongo, RankingSort.likers);
    }

    @Bean
    @ConditionalOnWebApplication // a command that verifies writes nothing
    MongoIndex growthRankingIndex(ReactiveMongoTemplate mongo) {
        return index(mongo, RankingSort.growth);
    }

    private static MongoIndex index(ReactiveMongoTemplate mongo, RankingSort sort) {
        return new MongoIndex(mongo, ReportStore.COLLECTION, sort.indexName(), sort.index());
    }
}
