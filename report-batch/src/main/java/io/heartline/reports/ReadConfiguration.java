package io.heartline.reports;

import com.github.benmanes.caffeine.cache.Ticker;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.http.RefusalMetrics;
import io.heartline.reports.http.RequestLimits;
import io.heartline.reports.kafka.HighWatermarkLookup;
import io.heartline.reports.live.LiveReports;
import io.heartline.reports.mongo.ForRequests;
import io.heartline.reports.mongo.HelloResponse;
import io.heartline.reports.mongo.ReadTimeout;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.read.CausalReads;
import io.heartline.reports.read.Freshness;
import io.heartline.reports.read.ProgressPoller;
import io.heartline.reports.read.RecentProgress;
import io.heartline.reports.read.ReportCache;
import io.heartline.reports.read.ReportReader;
import io.heartline.reports.read.Reports;
import io.heartline.reports.read.SharedLogEndLookup;
import io.heartline.reports.read.rest.CachedReportMapping;
import io.heartline.reports.read.rest.ConditionalResponses;
import io.heartline.reports.read.rest.Export;
import io.heartline.reports.read.rest.LiveReportHandler;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.security.SecuritySettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.ReactiveMongoDatabaseFactory;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ReadSettings.class)
class ReadConfiguration {

    /** By default, one caller with a token has a tenth of all permits. */
    private static final int DEFAULT_WAITING_DIVISOR = 10;

    /** By default, one caller with a token has a quarter of all permits. */
    private static final int DEFAULT_EXPORTS_DIVISOR = 4;

    private static final Duration NEVER_RECENT = Duration.ofNanos(-1);

    private static final SharedLogEndLookup.LookupRate LOG_END_LOOKUP_RATE =
            new SharedLogEndLookup.LookupRate(Duration.ofSeconds(1), Duration.ofSeconds(5));

    @Bean
    RefusalMetrics refusalMetrics(MeterRegistry registry) {
        return new RefusalMetrics(registry);
    }

    @Bean
    ConcurrencyLimit waiting(ReadSettings settings, SecuritySettings security, RefusalMetrics refusals) {
        int share = Math.max(1, settings.waiting() / DEFAULT_WAITING_DIVISOR);
        int perCaller = ConcurrencyLimit.maxPerCaller(settings.waitingPerCaller(), share, security.mode());
        return RequestLimits.create(
                "waiting", "heartline.reports.read.waiting", "wait for a run", settings.waiting(), perCaller, refusals);
    }

    @Bean
    ConcurrencyLimit exports(ReadSettings settings, SecuritySettings security, RefusalMetrics refusals) {
        int share = Math.max(1, settings.exports() / DEFAULT_EXPORTS_DIVISOR);
        int perCaller = ConcurrencyLimit.maxPerCaller(settings.exportsPerCaller(), share, security.mode());
        return RequestLimits.create(
                "exports", "heartline.reports.read.exports", "stream a list", settings.exports(), perCaller, refusals);
    }

    @Bean
    ConcurrencyLimit heavyQueries(ReadSettings settings) {
        return RequestLimits.create("read many reports with one query", settings.queries());
    }

    @Bean
    SharedLogEndLookup logEndLookup(HighWatermarkLookup kafka) {
        Scheduler thread = Schedulers.newSingle(task -> {
            Thread worker = new Thread(task, "log-ends");
            worker.setDaemon(true);
            return worker;
        });
        return new SharedLogEndLookup(kafka::fetch, LOG_END_LOOKUP_RATE, thread, System::nanoTime);
    }

    @Bean
    Freshness freshness(
            ReportSettings settings,
            ReadSettings readSettings,
            DatabaseSettings database,
            @ForRequests ReactiveMongoTemplate mongo,
            RecentProgress recentProgress,
            SharedLogEndLookup logEnds,
            ConcurrencyLimit waiting,
            RefusalMetrics refusals) {
        ProgressStore progress = new ProgressStore(mongo);
        Mono<Map<Integer, Progress>> allProgress = database.checkUntilEqual().then(progress.all());
        ProgressPoller poller = new ProgressPoller(allProgress, readSettings.pollInterval(), Schedulers.parallel());
        return new Freshness(
                recentProgress, poller, logEnds, waiting, refusals, settings.schedule(), InstantSource.system());
    }

    @Bean
    CausalReads causalReads(@ForRequests ReactiveMongoTemplate mongo, ReactiveMongoDatabaseFactory sessions) {
        return new CausalReads(HelloResponse.fetch(mongo), sessions);
    }

    /** Without a cache of reports, each request also reads progress. */
    @Bean
    RecentProgress recentProgress(
            ReadSettings settings,
            DatabaseSettings database,
            @ForRequests ReactiveMongoTemplate mongo,
            CausalReads reads) {
        ProgressStore progress = new ProgressStore(mongo);
        Duration maxAge = settings.cacheSize().toBytes() > 0 ? ProgressStore.MAX_CACHE_LAG : NEVER_RECENT;
        return new RecentProgress(
                session -> database.checkUntilEqual().then(progress.all(session)),
                reads,
                database::isEqual,
                maxAge,
                System::nanoTime);
    }

    @Bean
    ReportCache reportCache(ReadSettings settings, WeekCalendar calendar, MeterRegistry registry) {
        return new ReportCache(settings.cacheSize(), calendar, InstantSource.system(), Ticker.systemTicker(), registry);
    }

    @Bean
    Reports reports(
            @ForRequests ReactiveMongoTemplate mongo,
            CausalReads reads,
            RecentProgress recentProgress,
            ReportCache cache,
            Freshness freshness,
            WeekCalendar calendar,
            ReadTimeout limit) {
        return new Reports(
                new ReportReader(new ReportStore(mongo), calendar, cache),
                reads,
                recentProgress,
                cache,
                freshness,
                calendar,
                InstantSource.system(),
                limit);
    }

    @Bean
    ConditionalResponses conditionalResponses(JsonMapper json) {
        return new ConditionalResponses(json);
    }

    @Bean
    Export export(JsonMapper json, ConcurrencyLimit exports, ReadSettings settings) {
        return new Export(json, exports, settings.stallTimeout());
    }

    @Bean
    @ConditionalOnWebApplication // a command answers no requests
    CachedReportMapping cachedReports(Reports reports, ConditionalResponses responses) {
        return new CachedReportMapping(reports, responses);
    }

    /** Takes the requests for a report that prefer events, before the controller of the same path. */
    @Bean
    @ConditionalOnWebApplication // a command answers no requests
    RouterFunction<ServerResponse> liveReportEndpoint(LiveReports live, Reports reports, Freshness freshness) {
        LiveReportHandler handler = new LiveReportHandler(live, reports, freshness, InstantSource.system());
        return RouterFunctions.route(
                RequestPredicates.path(LiveReportHandler.PATH).and(LiveReportHandler::isRequested), handler::handle);
    }
}
