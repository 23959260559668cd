package io.heartline.reports;

import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.feed.FeedStore;
import io.heartline.reports.feed.pass.FeedPassSettings;
import io.heartline.reports.fold.DueReports;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.http.RefusalMetrics;
import io.heartline.reports.http.RequestLimits;
import io.heartline.reports.mongo.ForRequests;
import io.heartline.reports.mongo.ReadTimeout;
import io.heartline.reports.read.feed.FeedClients;
import io.heartline.reports.read.feed.FeedReader;
import io.heartline.reports.read.feed.FeedStreamHandler;
import io.heartline.reports.read.feed.FeedWatch;
import io.heartline.reports.read.rest.LiveReportHandler;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.security.SecuritySettings;
import java.time.InstantSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/** The feed of revisions. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(FeedSettings.class)
class FeedConfiguration {

    /** By default, one caller with a token has a tenth of all permits. */
    private static final int DEFAULT_CLIENTS_DIVISOR = 10;

    /** A read-only replica enters no reports. */
    @Bean
    FeedPassSettings feedPassSettings(ReportSettings settings, FeedSettings feed) {
        return new FeedPassSettings(settings.schedule().equals(ReportSettings.NEVER) ? null : feed.interval());
    }

    @Bean
    ConcurrencyLimit feedPermits(FeedSettings settings, SecuritySettings security, RefusalMetrics refusals) {
        int share = Math.max(1, settings.clients() / DEFAULT_CLIENTS_DIVISOR);
        int perCaller = ConcurrencyLimit.maxPerCaller(settings.clientsPerCaller(), share, security.mode());
        return RequestLimits.create(
                "feed-clients",
                "heartline.reports.feed.clients",
                "wait for changes",
                settings.clients(),
                perCaller,
                refusals);
    }

    /** Has the short timeouts of requests. The webhook reads the same pages as clients. */
    @Bean
    FeedReader feedReader(
            @ForRequests ReactiveMongoTemplate mongo,
            DatabaseSettings database,
            WeekCalendar calendar,
            ReadTimeout timeout) {
        return new FeedReader(
                new ChangeStore(mongo),
                new FeedStore(mongo),
                new DueReports(mongo),
                new ErasureStore(mongo),
                database,
                calendar,
                timeout);
    }

    @Bean
    FeedClients feedClients(
            FeedSettings settings,
            @ForRequests ReactiveMongoTemplate mongo,
            FeedReader reader,
            ConcurrencyLimit feedPermits) {
        FeedWatch watch = new FeedWatch(new ChangeStore(mongo).last(), settings.pollInterval(), Schedulers.parallel());
        return new FeedClients(reader, watch, feedPermits);
    }

    /** Takes the requests for the feed that prefer events, before the controller of the same path. */
    @Bean
    @ConditionalOnWebApplication // a command answers no requests
    RouterFunction<ServerResponse> feedStreamEndpoint(FeedClients clients, JsonMapper json) {
        FeedStreamHandler handler = new FeedStreamHandler(clients, json, InstantSource.system());
        return RouterFunctions.route(
                RequestPredicates.path(FeedStreamHandler.PATH).and(LiveReportHandler::isRequested), handler::handle);
    }
}
