package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikesLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogTailTest {

    private static final TopicPartition FIRST = new TopicPartition("likes", 0);
    private static final TopicPartition SECOND = new TopicPartition("likes", 1);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final GatewayMetrics metrics = new GatewayMetrics(registry);
    private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>(AutoOffsetResetStrategy.NONE.name());
    private final Fanout fanout = new Fanout(
            new Fanout.Limits(1_000_000, 100, 100, Duration.ofSeconds(20), Duration.ofSeconds(30)),
            nobodyComesBack(),
            System::nanoTime,
            metrics);
    private LogTail tail;

    @AfterEach
    void stop() {
        tail.stop();
    }

    @Test
    void recordsThatAreOnTheTopicAndNotRead_areTheLag_ofAllPartitionsTogether() {
        end(0, 0);
        kafka.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 0L));
        kafka.updatePartitions(
                "likes",
                List.of(
                        new PartitionInfo("likes", 0, null, null, null),
                        new PartitionInfo("likes", 1, null, null, null)));
        start(CompletableFuture.completedFuture(new LikesLog("likes", Uuid.randomUuid(), 2)));
        await().until(fanout::isReady);
        assertThat(lag()).isZero();

        end(7, 3);

        await().untilAsserted(() -> assertThat(lag()).isEqualTo(10));
    }

    @Test
    void aTailThatWaitsForKafkaToDescribeTheTopic_stopsAtOnce() {
        start(new CompletableFuture<>());

        long before = System.nanoTime();
        tail.stop();

        assertThat(tail.isRunning()).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    }

    private LogReader nobodyComesBack() {
        return new LogReader("likes", new LogReader.Limits(1, 1, 0, 1, 1, Duration.ofSeconds(1)), () -> kafka);
    }

    private void start(CompletableFuture<LikesLog> log) {
        tail = new LogTail(() -> log, () -> kafka, fanout, metrics, 100, Duration.ofMillis(100));
        tail.start();
    }

    private void end(long first, long second) {
        kafka.updateEndOffsets(Map.of(FIRST, first, SECOND, second));
    }

    private double lag() {
        return registry.get("heartline.gateway.lag").gauge().value();
    }
}
