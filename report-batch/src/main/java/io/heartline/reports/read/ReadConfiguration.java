package io.heartline.reports.read;

import io.heartline.reports.ForReaders;
import io.heartline.reports.Hello;
import io.heartline.reports.MongoIndex;
import io.heartline.reports.ReadLimit;
import io.heartline.reports.ReportSettings;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.run.DatabaseSettings;
import io.heartline.reports.run.HighWatermarks;
import io.heartline.reports.run.Progress;
import io.heartline.reports.run.ProgressStore;
import io.heartline.web.CallerPermits;
import io.heartline.web.SecuritySettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.ReactiveMongoDatabaseFactory;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class ReadConfiguration {

    /** How many callers with a token it takes, by default, to have all permits. */
    private static final int CALLERS_THAT_FILL_WAITING = 10;

    private static final int CALLERS_THAT_FILL_EXPORTS = 4;

    private static final LogEndWatch.Pace LOG_END_PACE =
            new LogEndWatch.Pace(Duration.ofSeconds(1), Duration.ofSeconds(5));

    @Bean
    ReportReader reportReader(@ForReaders ReactiveMongoTemplate mongo) {
        return new ReportReader(mongo);
    }

    @Bean
    @ConditionalOnWebApplication // a command that verifies writes nothing
    MongoIndex ranking(ReactiveMongoTemplate mongo) {
        return new MongoIndex(mongo, ReportStore.COLLECTION, "ranking-1", ReportReader.INDEX);
    }

    @Bean
    RefusalMetrics refusalMetrics(MeterRegistry registry) {
        return new RefusalMetrics(registry);
    }

    @Bean
    RequestLimit waiting(ReadSettings settings, SecuritySettings security, RefusalMetrics refusals) {
        int share = Math.max(1, settings.waiting() / CALLERS_THAT_FILL_WAITING);
        int perCaller = CallerPermits.max(settings.waitingPerCaller(), share, security.mode());
        return new RequestLimit("waiting", "wait for a run", settings.waiting(), perCaller, refusals);
    }

    @Bean
    RequestLimit exports(ReadSettings settings, SecuritySettings security, RefusalMetrics refusals) {
        int share = Math.max(1, settings.exports() / CALLERS_THAT_FILL_EXPORTS);
        int perCaller = CallerPermits.max(settings.exportsPerCaller(), share, security.mode());
        return new RequestLimit("exports", "stream a list", settings.exports(), perCaller, refusals);
    }

    @Bean
    Places heavyQueries(ReadSettings settings) {
        return new Places(settings.queries(), "read many reports with one query");
    }

    @Bean
    LogEndWatch logEndWatch(HighWatermarks kafka) {
        Scheduler thread = Schedulers.newSingle(task -> {
            Thread blocking = new Thread(task, "log-ends");
            blocking.setDaemon(true);
            return blocking;
        });
        return new LogEndWatch(kafka::ask, LOG_END_PACE, thread, System::nanoTime);
    }

    @Bean
    Freshness freshness(
            ReportSettings settings,
            ReadSettings reading,
            DatabaseSettings database,
            @ForReaders ReactiveMongoTemplate mongo,
            LogEndWatch ends,
            RequestLimit waiting,
            RefusalMetrics refusals) {
        ProgressStore progress = new ProgressStore(mongo);
        Mono<Map<Integer, Progress>> all = database.checkOnce().then(progress.all());
        ProgressWatch watch = new ProgressWatch(all, reading.poll(), Schedulers.parallel());
        return new Freshness(
                session -> database.checkOnce().then(progress.all(session)),
                watch,
                ends,
                waiting,
                refusals,
                settings.schedule(),
                InstantSource.system());
    }

    @Bean
    CausalReads causalReads(@ForReaders ReactiveMongoTemplate mongo, ReactiveMongoDatabaseFactory sessions) {
        return new CausalReads(Hello.ask(mongo), sessions);
    }

    @Bean
    Reports reports(
            @ForReaders ReactiveMongoTemplate mongo,
            ReportReader reader,
            CausalReads reads,
            Freshness freshness,
            DatabaseSettings database,
            WeekCalendar calendar,
            ReadLimit limit) {
        return new Reports(
                new ReportStore(mongo), reader, reads, freshness, database, calendar, InstantSource.system(), limit);
    }

    @Bean
    Answers answers(JsonMapper json) {
        return new Answers(json);
    }

    @Bean
    Export export(JsonMapper json, RequestLimit exports, ReadSettings settings) {
        return new Export(json, exports, settings.stall());
    }
}
