package io.heartline.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.LikesLog;
import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.NoHistory;
import io.heartline.gateway.stream.StartPoint;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.gateway.stream.fanout.DemandReader;
import io.heartline.gateway.stream.fanout.Fanout;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two tails read one partition each. One of them fails. */
class TailsTest {

    private static final Duration SOON = Duration.ofMillis(50);

    private final LikesLog log = new LikesLog("likes", Uuid.randomUuid(), 2);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final GatewayMetrics metrics = new GatewayMetrics(registry);
    private final Fanout fanout = new Fanout(
            new Fanout.Limits(1_000_000, 100, 100, 1_000_000, Duration.ofSeconds(20), Duration.ofSeconds(30)),
            new NoHistory(),
            System::nanoTime,
            System::currentTimeMillis,
            metrics,
            new DeliveryTracing(Tracer.NOOP, Propagator.NOOP, "likes"));
    /** The latest consumer of each tail. */
    private final AtomicReferenceArray<MockConsumer<byte[], byte[]>> consumers = new AtomicReferenceArray<>(2);

    private final AtomicInteger failedAttempts = new AtomicInteger();
    private volatile boolean firstTailFails;
    private final TopicTailer tailer = new TopicTailer(
            new TailClients(
                    () -> CompletableFuture.completedFuture(log), this::createConsumer, () -> createConsumer(1)),
            fanout,
            metrics,
            new TailSettings("likes", 2, 100, SOON, Duration.ofHours(1)));

    @AfterEach
    void stop() {
        tailer.stop();
    }

    @Test
    void tailFails_onlyItsPartitionsAreRefused_untilItReadsAgain() {
        tailer.start();
        await().until(fanout::isReady);
        DemandReader ofFirst = follow(0);
        DemandReader ofSecond = follow(1);

        firstTailFails = true;
        consumers.get(0).setPollException(new TimeoutException("on purpose"));

        await().until(() -> ofFirst.error instanceof StreamClosedException);
        await().until(() -> failedAttempts.get() > 2);
        append(1, 0);
        await().until(() -> ofSecond.lastOffset() == 0);
        assertThat(fanout.isReady()).isTrue();
        assertThat(fanout.suspendedPartitions()).containsExactly(0);
        assertThat(partitionsFollowed()).isEqualTo(1);
        assertThat(tailer.endedThread()).isNull();
        assertThatThrownBy(() -> follow(0)).isInstanceOf(StreamRefusedException.class);

        firstTailFails = false;

        await().until(() -> fanout.suspendedPartitions().isEmpty());
        DemandReader again = follow(0);
        append(0, 0);
        append(1, 1);
        await().until(() -> again.lastOffset() == 0 && ofSecond.lastOffset() == 1);
        assertThat(ofSecond.error).isNull();
        assertThat(partitionsFollowed()).isEqualTo(2);
    }

    @Test
    void errorInOneTail_othersContinue() {
        tailer.start();
        await().until(fanout::isReady);
        DemandReader ofSecond = follow(1);

        firstTailFails = true;
        consumers.get(0).schedulePollTask(() -> {
            throw new OutOfMemoryError("on purpose");
        });

        await().until(() -> fanout.suspendedPartitions().equals(List.of(0)));
        append(1, 0);
        await().until(() -> ofSecond.lastOffset() == 0);
        assertThat(ofSecond.error).isNull();
    }

    @Test
    void oneTailHasNotReadItsPartitions_noClientIsAccepted() {
        firstTailFails = true;
        tailer.start();

        await().until(() -> failedAttempts.get() > 2);
        await().until(() ->
                consumers.get(1) != null && !consumers.get(1).assignment().isEmpty());
        assertThat(fanout.isReady()).isFalse();
        assertThatThrownBy(() -> follow(1)).isInstanceOf(StreamRefusedException.class);

        firstTailFails = false;

        await().until(fanout::isReady);
        assertThat(follow(1).error).isNull();
    }

    @Test
    void lagOfAllTails_isAddedUp() {
        tailer.start();
        await().until(fanout::isReady);

        consumers.get(0).updateEndOffsets(Map.of(partition(0), 7L));
        consumers.get(1).updateEndOffsets(Map.of(partition(1), 3L));

        await().untilAsserted(() -> assertThat(
                        registry.get("heartline.gateway.lag").gauge().value())
                .isEqualTo(10));
    }

    private Consumer<byte[], byte[]> createConsumer(int tail) {
        if (tail == 0 && firstTailFails) {
            failedAttempts.incrementAndGet();
            throw new TimeoutException("on purpose");
        }
        MockConsumer<byte[], byte[]> created = new MockConsumer<>(AutoOffsetResetStrategy.NONE.name());
        created.updateBeginningOffsets(Map.of(partition(0), 0L, partition(1), 0L));
        created.updateEndOffsets(Map.of(partition(0), 0L, partition(1), 0L));
        consumers.set(tail, created);
        return created;
    }

    private static TopicPartition partition(int number) {
        return new TopicPartition("likes", number);
    }

    private void append(int partition, long offset) {
        String author = author(partition);
        consumers
                .get(partition)
                .addRecord(new ConsumerRecord<>(
                        "likes",
                        partition,
                        offset,
                        author.getBytes(StandardCharsets.UTF_8),
                        LikeEventJson.encode(new Liked("e-" + offset, "p-1", author, "bob", Instant.EPOCH))));
    }

    private DemandReader follow(int partition) {
        DemandReader reader = DemandReader.unbounded();
        fanout.follow(FollowRequest.allLikesOf(author(partition)), StartPoint.NOW)
                .attach(reader);
        return reader;
    }

    private String author(int partition) {
        String author = "a";
        while (log.partitionOf(author) != partition) {
            author += "a";
        }
        return author;
    }

    private double partitionsFollowed() {
        return registry.get("heartline.gateway.partitions").gauge().value();
    }
}
