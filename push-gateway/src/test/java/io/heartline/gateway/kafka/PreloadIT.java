package io.heartline.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.gateway.TestTopic;
import io.heartline.gateway.kafka.replay.KafkaHistory;
import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.fanout.Fanout;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

/** Uses Kafka's own client, because a mock does not compute a partition's lag from the offset that was looked up last. */
class PreloadIT {

    @Test
    void preload_isIncompleteBeforeFirstPoll_andCompletesWhenAllIsRead() throws Exception {
        GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
        try (TestTopic likes = TestTopic.unique()) {
            KafkaHistory replays = new KafkaHistory(
                    likes.log.topic(),
                    new KafkaHistory.Limits(1, 10, 0, 100, 1_000, 64_000, 64_000, Duration.ofSeconds(5)),
                    () -> consumer(likes),
                    () -> consumer(likes));
            Fanout fanout = new Fanout(
                    new Fanout.Limits(1_000_000, 100, 1_000, 1_000_000, Duration.ofSeconds(20), Duration.ofSeconds(30)),
                    replays,
                    System::nanoTime,
                    System::currentTimeMillis,
                    metrics,
                    new DeliveryTracing(Tracer.NOOP, Propagator.NOOP, "likes"));
            SkippedOffsets skipped = new SkippedOffsets(metrics);
            skipped.startLog(likes.log.epoch());
            for (int partition = 0; partition < likes.log.partitions(); partition++) {
                likes.sendLikes(likes.author(partition), "like", 3);
            }
            try (TailConsumer log = new TailConsumer(
                    Tail.divide(likes.log, 1).get(0),
                    () -> consumer(likes),
                    () -> consumer(likes),
                    fanout,
                    skipped,
                    Duration.ofSeconds(1))) {
                fanout.prepare(likes.log);
                log.seekBeforeEnds(100);

                assertThat(log.hasReachedEnds()).isFalse();

                await().atMost(Duration.ofSeconds(30)).until(() -> {
                    log.poll(Duration.ofMillis(100));
                    return log.hasReachedEnds();
                });
                for (int partition = 0; partition < likes.log.partitions(); partition++) {
                    assertThat(log.nextOffset(new TopicPartition(likes.log.topic(), partition)))
                            .isEqualTo(3);
                }
            } finally {
                replays.stop();
            }
        }
    }

    private static Consumer<byte[], byte[]> consumer(TestTopic likes) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", likes.bootstrapServers);
        settings.put("isolation.level", "read_committed");
        settings.put("auto.offset.reset", "none");
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
