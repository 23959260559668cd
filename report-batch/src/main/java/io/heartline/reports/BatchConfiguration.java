package io.heartline.reports;

import io.heartline.reports.erasure.Eraser;
import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.erasure.ErasureStores;
import io.heartline.reports.erasure.LikerEraser;
import io.heartline.reports.erasure.LikerErasureStore;
import io.heartline.reports.feed.ErasedChanges;
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
import io.heartline.reports.verify.Verification;
import io.heartline.reports.worker.WorkerSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.scheduling.support.CronExpression;

@Configuration(proxyBeanMethods = false)
class BatchConfiguration {

    private static final int REQUEST_KAFKA_TIMEOUT_MILLIS = 3_000;

    /** The timeout of one lookup, which makes three calls. */
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
    ErasureStores erasureStores(
            ReactiveMongoTemplate mongo,
            ErasureStore erasures,
            ReportStore reports,
            ErasedChanges changes,
            ProgressStore progress,
            KeyedHash hash,
            WeekCalendar calendar) {
        LikerErasureStore likers = new LikerErasureStore(mongo);
        return new ErasureStores(erasures, likers, reports, changes, progress, hash, calendar);
    }

    @Bean
    @ConditionalOnWebApplication // a command erases no liker
    MongoIndex likerErasuresByAuthor(ReactiveMongoTemplate mongo) {
        return new MongoIndex(mongo, LikerErasureStore.COLLECTION, "author-1", LikerErasureStore.INDEX);
    }

    @Bean
    WeekCalendar weekCalendar(ReportSettings settings) {
        return new WeekCalendar(settings.zone(), settings.grace());
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
    @ConditionalOnWebApplication // a command neither lists runs nor removes expired ones
    MongoIndex latestRuns(ReactiveMongoTemplate mongo) {
        return new MongoIndex(mongo, RunStore.COLLECTION, "latest-1", RunStore.INDEX);
    }

    @Bean
    RunService runService(ReportSettings settings, RunQueue queue, RunStore store, ProgressStore progress) {
        return new RunService(queue, store, progress, InstantSource.system(), settings.runRetention());
    }

    /** Returns a run service with short timeouts, because HTTP clients wait for it. */
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
    DeadLetterMetrics deadLetterMetrics(MeterRegistry registry) {
        return new DeadLetterMetrics(registry);
    }

    @Bean
    WorkerSettings workerSettings(ReportSettings settings) {
        String schedule = settings.schedule();
        return new WorkerSettings(
                schedule.equals(ReportSettings.NEVER) ? null : CronExpression.parse(schedule),
                settings.chunkSize(),
                settings.stallTimeout(),
                settings.lease(),
                settings.queuePollInterval());
    }

    @Bean
    Verification verification(ReportSettings settings, KafkaClients clients, ErasureStores erasures) {
        return new Verification(clients, erasures, settings.stallTimeout());
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
            @ForRequests KafkaClients clients,
            ErasureStore erasures,
            ReportStore reports,
            ErasedChanges changes,
            ProgressStore progress) {
        return new Eraser(clients, erasures, reports, changes, progress, InstantSource.system());
    }

    @Bean
    LikerEraser likerEraser(@ForRequests KafkaClients clients, ErasureStores erasures, DatabaseSettings database) {
        return new LikerEraser(clients, erasures, database, InstantSource.system());
    }

    @Bean
    HighWatermarkLookup highWatermarks(ReportSettings settings, @ForRequests KafkaClients clients) {
        return new HighWatermarkLookup(clients::admin, settings.topic(), HIGH_WATERMARKS_TIMEOUT);
    }

    /** Returns clients with shorter timeouts than those of a run, because HTTP clients wait for them. */
    @Bean(defaultCandidate = false)
    @ForRequests
    KafkaClients requestKafkaClients(ReportSettings settings, KafkaClientSettings kafka) {
        KafkaClientSettings withTimeouts = kafka.withOverrides(Map.of(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_KAFKA_TIMEOUT_MILLIS,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_KAFKA_TIMEOUT_MILLIS));
        return new KafkaClients(withTimeouts, settings.topic(), settings.deadLetterTopic(), settings.chunkSize());
    }
}
