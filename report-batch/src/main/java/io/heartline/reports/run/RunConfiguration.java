package io.heartline.reports.run;

import io.heartline.events.LikesLog;
import io.heartline.reports.ReportSettings;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

@Configuration(proxyBeanMethods = false)
class RunConfiguration {

    @Bean
    ProgressStore progressStore(ReactiveMongoTemplate mongo) {
        return new ProgressStore(mongo);
    }

    @Bean
    ReportStore reportStore(ReactiveMongoTemplate mongo) {
        return new ReportStore(mongo);
    }

    @Bean
    WeekCalendar weekCalendar(ReportSettings settings) {
        return new WeekCalendar(settings.zone(), settings.grace());
    }

    @Bean
    Runs runs(
            ReportSettings settings,
            ProgressStore progress,
            ReportStore reports,
            WeekCalendar calendar,
            ReactiveMongoTemplate mongo,
            MeterRegistry registry) {
        Map<String, Object> kafka = consumerSettings(settings);
        return new Runs(
                () -> new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                () -> describe(settings),
                new Pull.Tools(
                        progress, reports, calendar, new FoldMetrics(registry), settings.chunk(), settings.stall()),
                new RunStore(mongo),
                InstantSource.system());
    }

    /** Asked anew by every run: a topic that was created again is another log. */
    private static LikesLog describe(ReportSettings settings) {
        Map<String, Object> kafka = new HashMap<>(settings.kafka());
        // with Kafka down, this client's own default is a loop that logs a thousand lines a second
        kafka.put(AdminClientConfig.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
        Admin admin = Admin.create(kafka);
        try {
            return LikesLog.describe(admin, settings.topic())
                    .toCompletableFuture()
                    .join();
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    private static Map<String, Object> consumerSettings(ReportSettings settings) {
        Map<String, Object> kafka = new HashMap<>(settings.kafka());
        kafka.put(ConsumerConfig.GROUP_ID_CONFIG, "report-batch");
        kafka.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        kafka.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        kafka.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        kafka.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        kafka.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.min(5_000, settings.chunk()));
        return kafka;
    }
}
