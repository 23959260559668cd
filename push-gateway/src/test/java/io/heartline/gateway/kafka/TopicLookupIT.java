package io.heartline.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikesLog;
import io.heartline.gateway.TestTopic;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TopicLookupIT {

    /** Whether the next metric that the client's thread adds, such as one of a new connection, ends the thread. */
    private static final AtomicBoolean isFatal = new AtomicBoolean();

    @Test
    void errorEndedAdminThread_newAdminClientAnswers() throws Exception {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", TestTopic.BROKER, "metric.reporters", Ending.class.getName());
        try (TestTopic likes = TestTopic.unique();
                TopicLookup lookup = new TopicLookup(settings, likes.log.topic())) {
            isFatal.set(true);

            assertThat(lookup.describe()
                            .toCompletableFuture()
                            .handle((log, e) -> e)
                            .get(90, TimeUnit.SECONDS))
                    .isNotNull();

            assertThat(isFatal).isFalse();
            LikesLog log = lookup.describe().toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertThat(log.partitions()).isEqualTo(4);
        }
    }

    /** A gateway is often stopped because Kafka does not answer. */
    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void closeDuringAnOutage_ends() throws Exception {
        TopicLookup lookup = new TopicLookup(Map.of("bootstrap.servers", "127.0.0.1:1"), "likes");
        CompletionStage<LikesLog> pending = lookup.describe();

        lookup.close();

        assertThat(pending.toCompletableFuture().handle((log, e) -> e).get())
                .hasMessageContaining("spring.kafka.bootstrap-servers is 127.0.0.1:1");
        assertThat(lookup.describe().toCompletableFuture()).isCompletedExceptionally();
    }

    /** Called by the client's thread. */
    public static final class Ending implements MetricsReporter {

        @Override
        public void metricChange(KafkaMetric metric) {
            if (Thread.currentThread().getName().startsWith("kafka-admin-client-thread")
                    && isFatal.compareAndSet(true, false)) {
                throw new NoClassDefFoundError("on purpose");
            }
        }

        @Override
        public void init(List<KafkaMetric> metrics) {}

        @Override
        public void metricRemoval(KafkaMetric metric) {}

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> settings) {}
    }
}
