package io.heartline.reports;

import io.heartline.reports.erasure.Eraser;
import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.failure.HashSecretException;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.kafka.DeadLetterMetrics;
import io.heartline.reports.kafka.HighWatermarkLookup;
import io.heartline.reports.kafka.KafkaClientSettings;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.mongo.ForRequests;
import io.heartline.reports.mongo.MongoIndex;
import io.heartline.reports.progress.OffsetReset;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.run.RunQueue;
import io.heartline.reports.run.RunService;
import io.heartline.reports.run.RunStore;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.reports.settings.HashSecretRotation;
import io.heartline.reports.settings.HashSettings;
import io.heartline.reports.settings.SettingsHealth;
import io.heartline.reports.settings.SettingsStartupCheck;
import io.heartline.reports.verify.Verification;
import io.heartline.reports.worker.CronSchedule;
import io.heartline.reports.worker.FoldMetrics;
import io.heartline.reports.worker.FoldTracing;
import io.heartline.reports.worker.ProgressMetrics;
import io.heartline.reports.worker.RunContext;
import io.heartline.reports.worker.RunExecutor;
import io.heartline.reports.worker.RunWorker;
import io.heartline.reports.worker.RunsHealth;
import io.heartline.reports.worker.SingleRun;
import io.heartline.web.security.SecuritySettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.scheduling.support.CronExpression;

@Configuration(proxyBeanMethods = false)
class BatchConfiguration {

    private static final Logger logger = LoggerFactory.getLogger(BatchConfiguration.class);

    /** Longer than any wait of a run that is well: for Kafka, for MongoDB, or for a lease to run out. */
    private static final Duration SINGLE_RUN_TIMEOUT = Duration.ofMinutes(10);

    private static final int REQUEST_KAFKA_TIMEOUT_MILLIS = 3_000;

    /** A question is three calls. */
    private static final Duration HIGH_WATERMARKS_TIMEOUT = Duration.ofSeconds(10);

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
    KafkaClientSettings kafkaClientSettings(KafkaProperties properties, KafkaConnectionDetails connection) {
        return new KafkaClientSettings(properties, connection);
    }

    @Bean
    KafkaClients kafkaClients(ReportSettings settings, KafkaClientSettings kafka) {
        return new KafkaClients(kafka, settings.topic(), settings.deadLetterTopic(), settings.chunkSize());
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
    RunService runService(ReportSettings settings, RunQueue queue, RunStore store, ProgressStore progress) {
        return new RunService(queue, store, progress, InstantSource.system(), settings.runRetention());
    }

    /** Answers while a client waits. */
    @Bean(defaultCandidate = false)
    @ForRequests
    RunService requestRunService(ReportSettings settings, @ForRequests ReactiveMongoTemplate mongo) {
        return new RunService(
                new RunQueue(mongo),
                new RunStore(mongo),
                new ProgressStore(mongo),
                InstantSource.system(),
                settings.runRetention());
    }

    @Bean
    FoldMetrics foldMetrics(MeterRegistry registry) {
        return new FoldMetrics(registry);
    }

    @Bean
    DeadLetterMetrics deadLetterMetrics(MeterRegistry registry) {
        return new DeadLetterMetrics(registry);
    }

    @Bean
    FoldTracing foldTracing(Tracer tracer, Propagator propagator) {
        return new FoldTracing(tracer, propagator);
    }

    /** Readers and probes wait for it, too. */
    @Bean
    DatabaseSettings databaseSettings(@ForRequests ReactiveMongoTemplate mongo, WeekCalendar calendar, KeyedHash hash) {
        return new DatabaseSettings(mongo, calendar.zone(), hash);
    }

    @Bean
    SettingsHealth settingsHealthIndicator(DatabaseSettings settings) {
        return new SettingsHealth(settings.checkUntilEqual());
    }

    @Bean
    @ConditionalOnWebApplication // a command compares them by itself
    SettingsStartupCheck settingsAtStart(DatabaseSettings settings) {
        return new SettingsStartupCheck(settings);
    }

    @Bean
    RunExecutor runExecutor(
            ReportSettings settings,
            DatabaseSettings databaseSettings,
            KeyedHash hash,
            KafkaClients clients,
            ProgressStore progress,
            ReportStore reports,
            ErasureStore erasures,
            WeekCalendar calendar,
            FoldMetrics metrics,
            DeadLetterMetrics deadLetterMetrics,
            FoldTracing tracing,
            RunStore store) {
        RunContext context = new RunContext(
                databaseSettings,
                hash,
                progress,
                reports,
                erasures,
                calendar,
                metrics,
                deadLetterMetrics,
                tracing,
                settings.chunkSize(),
                settings.stallTimeout(),
                settings.lease());
        return new RunExecutor(clients, context, store, UUID.randomUUID().toString(), InstantSource.system());
    }

    @Bean(destroyMethod = "stop")
    @ConditionalOnWebApplication // nobody scrapes a command
    ProgressMetrics progressMetrics(
            MeterRegistry registry, ProgressStore progress, ReportSettings settings, RunExecutor executor) {
        return new ProgressMetrics(registry, progress, cron(settings), executor.instance());
    }

    /** Returns null for a read-only replica. */
    private static @Nullable CronExpression cron(ReportSettings settings) {
        String schedule = settings.schedule();
        return schedule.equals(ReportSettings.NEVER) ? null : CronExpression.parse(schedule);
    }

    @Bean
    RunWorker runWorker(
            ReportSettings settings,
            RunQueue queue,
            RunStore store,
            RunService runs,
            RunExecutor executor,
            FoldMetrics metrics) {
        CronExpression cron = cron(settings);
        InstantSource clock = InstantSource.system();
        CronSchedule schedule = new CronSchedule(cron, clock);
        return new RunWorker(
                queue, store, runs, executor, metrics, clock, schedule, settings.queuePollInterval(), cron != null);
    }

    @Bean
    RunsHealth runsHealthIndicator(RunWorker worker, MeterRegistry registry) {
        Gauge.builder("heartline.reports.worker", worker, running -> running.isBroken() ? 0 : 1)
                .description("Whether the thread that does runs is alive: 1, or 0")
                .register(registry);
        return new RunsHealth(worker);
    }

    @Bean
    Verification verification(
            ReportSettings settings,
            KafkaClients clients,
            ProgressStore progress,
            ReportStore reports,
            ErasureStore erasures,
            WeekCalendar calendar,
            KeyedHash hash) {
        return new Verification(clients, progress, reports, erasures, calendar, hash, settings.stallTimeout());
    }

    @Bean
    OffsetReset offsetReset(KafkaClients clients, ProgressStore progress) {
        return new OffsetReset(clients, progress, InstantSource.system());
    }

    @Bean
    HashSecretRotation hashSecretRotation(
            ReportSettings settings, DatabaseSettings databaseSettings, ProgressStore progress) {
        return new HashSecretRotation(databaseSettings, progress, InstantSource.system(), settings.lease());
    }

    @Bean
    Eraser eraser(
            ReportSettings settings,
            KafkaClientSettings kafka,
            ErasureStore erasures,
            ReportStore reports,
            ProgressStore progress) {
        KafkaClients clients = requestKafkaClients(settings, kafka);
        return new Eraser(clients, erasures, reports, progress, InstantSource.system());
    }

    @Bean
    HighWatermarkLookup highWatermarks(ReportSettings settings, KafkaClientSettings kafka) {
        return new HighWatermarkLookup(
                requestKafkaClients(settings, kafka)::admin, settings.topic(), HIGH_WATERMARKS_TIMEOUT);
    }

    /** Has shorter timeouts than a run, because an HTTP client waits. */
    private static KafkaClients requestKafkaClients(ReportSettings settings, KafkaClientSettings kafka) {
        KafkaClientSettings withTimeouts = kafka.withOverrides(Map.of(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_KAFKA_TIMEOUT_MILLIS,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_KAFKA_TIMEOUT_MILLIS));
        return new KafkaClients(withTimeouts, settings.topic(), settings.deadLetterTopic(), settings.chunkSize());
    }

    @Bean
    SingleRun singleRun(RunService runs, RunWorker worker) {
        return new SingleRun(runs, worker, SINGLE_RUN_TIMEOUT);
    }
}
