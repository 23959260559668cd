package io.heartline.reports.run;

import io.heartline.reports.ForReaders;
import io.heartline.reports.HashSecretException;
import io.heartline.reports.HashSettings;
import io.heartline.reports.MongoIndex;
import io.heartline.reports.ReportSettings;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.web.SecuritySettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.scheduling.support.CronExpression;

@Configuration(proxyBeanMethods = false)
class RunConfiguration {

    private static final Logger logger = LoggerFactory.getLogger(RunConfiguration.class);

    /** Longer than any wait of a run that is well: for Kafka, for MongoDB, or for a lease to run out. */
    private static final Duration ONCE_LIMIT = Duration.ofMinutes(10);

    private static final int READERS_KAFKA_TIMEOUT_MILLIS = 3_000;

    /** A question is three calls. */
    private static final Duration HIGH_WATERMARKS_LIMIT = Duration.ofSeconds(10);

    @Bean
    ProgressStore progressStore(ReactiveMongoTemplate mongo) {
        return new ProgressStore(mongo);
    }

    @Bean
    ReportStore reportStore(ReactiveMongoTemplate mongo) {
        return new ReportStore(mongo);
    }

    @Bean
    ErasureStore erasureStore(ReactiveMongoTemplate mongo) {
        return new ErasureStore(mongo);
    }

    @Bean
    WeekCalendar weekCalendar(ReportSettings settings) {
        return new WeekCalendar(settings.zone(), settings.grace());
    }

    @Bean
    KeyedHash keyedHash(HashSettings settings, SecuritySettings security) {
        KeyedHash hash = settings.hash();
        if (hash != null) {
            return hash;
        }
        if (security.mode() == SecuritySettings.Mode.JWT) {
            throw new HashSecretException(
                    "heartline.reports.hash-secret is not set, and heartline.security.mode is jwt."
                            + " Make a secret: openssl rand -base64 32");
        }
        logger.warn(
                "heartline.reports.hash-secret is not set, so likers are hashed under the published development key");
        return KeyedHash.development();
    }

    @Bean
    LikesSource likesSource(ReportSettings settings, SslBundles bundles) {
        return likesSource(settings, bundles, Map.of());
    }

    private static LikesSource likesSource(ReportSettings settings, SslBundles bundles, Map<String, ?> more) {
        Map<String, Object> kafka = new HashMap<>(BundleSslEngines.settings(settings.kafkaSslBundle(), bundles));
        if (settings.kafka() != null) {
            kafka.putAll(settings.kafka()); // SASL_SSL, for one, is said by Kafka's own name
        }
        kafka.putAll(more);
        return new LikesSource(kafka, settings.topic(), settings.deadLetterTopic(), settings.chunk());
    }

    @Bean
    RunQueue runQueue(ReactiveMongoTemplate mongo) {
        return new RunQueue(mongo);
    }

    @Bean
    RunStore runStore(ReactiveMongoTemplate mongo) {
        return new RunStore(mongo);
    }

    @Bean
    @ConditionalOnWebApplication // a command neither lists runs nor forgets them
    MongoIndex latestRuns(ReactiveMongoTemplate mongo) {
        return new MongoIndex(mongo, RunStore.COLLECTION, "latest-1", RunStore.INDEX);
    }

    @Bean
    Runs runs(ReportSettings settings, RunQueue queue, RunStore store, ProgressStore progress) {
        return new Runs(queue, store, progress, InstantSource.system(), settings.keepRuns());
    }

    /** Answers while a client waits. */
    @Bean(defaultCandidate = false)
    @ForReaders
    Runs readersRuns(ReportSettings settings, @ForReaders ReactiveMongoTemplate mongo) {
        return new Runs(
                new RunQueue(mongo),
                new RunStore(mongo),
                new ProgressStore(mongo),
                InstantSource.system(),
                settings.keepRuns());
    }

    @Bean
    FoldMetrics foldMetrics(MeterRegistry registry) {
        return new FoldMetrics(registry);
    }

    @Bean
    Traces traces(Tracer tracer, Propagator propagator) {
        return new Traces(tracer, propagator);
    }

    /** Readers and probes wait for it, too. */
    @Bean
    DatabaseSettings databaseSettings(@ForReaders ReactiveMongoTemplate mongo, WeekCalendar calendar, KeyedHash hash) {
        return new DatabaseSettings(mongo, calendar.zone(), hash);
    }

    @Bean
    SettingsHealth settingsHealthIndicator(DatabaseSettings settings) {
        return new SettingsHealth(settings.checkOnce());
    }

    @Bean
    @ConditionalOnWebApplication // a command compares them by itself
    SettingsAtStart settingsAtStart(DatabaseSettings settings) {
        return new SettingsAtStart(settings);
    }

    @Bean
    Job job(
            ReportSettings settings,
            DatabaseSettings databaseSettings,
            KeyedHash hash,
            LikesSource source,
            ProgressStore progress,
            ReportStore reports,
            ErasureStore erasures,
            WeekCalendar calendar,
            FoldMetrics metrics,
            Traces traces,
            RunStore store) {
        Job.Tools tools = new Job.Tools(
                databaseSettings,
                hash,
                progress,
                reports,
                erasures,
                calendar,
                metrics,
                traces,
                settings.chunk(),
                settings.stall(),
                settings.lease());
        return new Job(source, tools, store, UUID.randomUUID().toString(), InstantSource.system());
    }

    @Bean(destroyMethod = "stop")
    @ConditionalOnWebApplication // nobody scrapes a command
    ProgressMetrics progressMetrics(MeterRegistry registry, ProgressStore progress, ReportSettings settings, Job job) {
        return new ProgressMetrics(registry, progress, settings.schedule(), job.instance());
    }

    @Bean
    Worker worker(ReportSettings settings, RunQueue queue, RunStore store, Runs runs, Job job, FoldMetrics metrics) {
        boolean joinsAll = !settings.schedule().equals(ReportSettings.NEVER);
        CronExpression cron = joinsAll ? CronExpression.parse(settings.schedule()) : null;
        InstantSource clock = InstantSource.system();
        Schedule schedule = new Schedule(cron, clock);
        return new Worker(queue, store, runs, job, metrics, clock, schedule, settings.watch(), joinsAll);
    }

    @Bean
    RunsHealth runsHealthIndicator(Worker worker, MeterRegistry registry) {
        Gauge.builder("heartline.reports.worker", worker, at -> at.isBroken() ? 0 : 1)
                .description("Whether the thread that does runs is alive: 1, or 0")
                .register(registry);
        return new RunsHealth(worker);
    }

    @Bean
    Verification verification(
            ReportSettings settings,
            LikesSource source,
            ProgressStore progress,
            ReportStore reports,
            ErasureStore erasures,
            WeekCalendar calendar,
            KeyedHash hash) {
        return new Verification(source, progress, reports, erasures, calendar, hash, settings.stall());
    }

    @Bean
    Acceptance acceptance(LikesSource source, ProgressStore progress) {
        return new Acceptance(source, progress, InstantSource.system());
    }

    @Bean
    SecretAcceptance secretAcceptance(
            ReportSettings settings, DatabaseSettings databaseSettings, ProgressStore progress) {
        return new SecretAcceptance(databaseSettings, progress, InstantSource.system(), settings.lease());
    }

    @Bean
    Eraser eraser(
            ReportSettings settings,
            SslBundles bundles,
            ErasureStore erasures,
            ReportStore reports,
            ProgressStore progress) {
        LikesSource source = readersSource(settings, bundles);
        return new Eraser(source, erasures, reports, progress, InstantSource.system());
    }

    @Bean
    HighWatermarks highWatermarks(ReportSettings settings, SslBundles bundles) {
        return new HighWatermarks(readersSource(settings, bundles)::admin, settings.topic(), HIGH_WATERMARKS_LIMIT);
    }

    /** A client of the API waits, so Kafka has less time to answer than a run allows it. */
    private static LikesSource readersSource(ReportSettings settings, SslBundles bundles) {
        Map<String, ?> timeouts = Map.of(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, READERS_KAFKA_TIMEOUT_MILLIS,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, READERS_KAFKA_TIMEOUT_MILLIS);
        return likesSource(settings, bundles, timeouts);
    }

    @Bean
    Once once(Runs runs, Worker worker) {
        return new Once(runs, worker, ONCE_LIMIT);
    }
}
