package io.heartline.reports.feed.pass;

import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.feed.ErasedChanges;
import io.heartline.reports.feed.FeedLease;
import io.heartline.reports.feed.FeedStore;
import io.heartline.reports.fold.DueReports;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.mongo.MongoIndex;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.settings.DatabaseSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

@Configuration(proxyBeanMethods = false)
class PassConfiguration {

    @Bean
    ErasedChanges erasedChanges(ReactiveMongoTemplate mongo) {
        return new ErasedChanges(new ChangeStore(mongo));
    }

    @Bean
    FeedWorker feedWorker(
            FeedPassSettings settings,
            ReactiveMongoTemplate mongo,
            DatabaseSettings database,
            ReportStore reports,
            ErasureStore erasures,
            ProgressStore progress,
            WeekCalendar calendar,
            MeterRegistry registry) {
        InstantSource clock = InstantSource.system();
        ChangeStore changes = new ChangeStore(mongo);
        DueReports due = new DueReports(mongo);
        FeedStore feed = new FeedStore(mongo);
        SealingPass.Stores stores = new SealingPass.Stores(reports, due, changes, feed, erasures, progress);
        return new FeedWorker(
                database,
                new FeedLease(mongo, FeedLease.SEALING, clock),
                new SealingPass(stores, calendar, new FeedMetrics(registry), clock),
                new ErasedRetention(changes, feed, due, clock),
                settings.interval());
    }

    @Bean
    @ConditionalOnWebApplication // a command creates no indexes
    MongoIndex markedReports(ReactiveMongoTemplate mongo) {
        return new MongoIndex(mongo, ReportStore.COLLECTION, "feed-due-1", DueReports.INDEX, DueReports.MARKED);
    }

    @Bean
    @ConditionalOnWebApplication // a command creates no indexes
    MongoIndex changesOfAuthors(ReactiveMongoTemplate mongo) {
        return new MongoIndex(mongo, ChangeStore.COLLECTION, "author-1", ChangeStore.AUTHOR_INDEX);
    }

    @Bean
    @ConditionalOnWebApplication // a command creates no indexes
    MongoIndex changesOfErasedReports(ReactiveMongoTemplate mongo) {
        return new MongoIndex(mongo, ChangeStore.COLLECTION, "erased-1", ChangeStore.ERASED_INDEX, ChangeStore.ERASED);
    }
}
