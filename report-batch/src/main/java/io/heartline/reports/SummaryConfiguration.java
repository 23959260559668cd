package io.heartline.reports;

import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.mongo.ForRequests;
import io.heartline.reports.posts.WeekPosts;
import io.heartline.reports.read.Reports;
import io.heartline.reports.summary.Summaries;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

@Configuration(proxyBeanMethods = false)
class SummaryConfiguration {

    @Bean
    Summaries summaries(
            Reports reports, @ForRequests ReactiveMongoTemplate mongo, WeekCalendar calendar, KeyedHash hash) {
        return new Summaries(reports, new ReportStore(mongo), calendar, hash);
    }

    @Bean
    WeekPosts weekPosts(Reports reports, @ForRequests ReactiveMongoTemplate mongo) {
        return new WeekPosts(reports, new ReportStore(mongo));
    }
}
