package io.heartline.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicTailerTest {

    private static final TopicPartition FIRST = new TopicPartition("likes", 0);
    private static final TopicPartition SECOND = new TopicPartition("likes", 1);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final GatewayMetrics metrics = new GatewayMetrics(registry);
    private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>(AutoOffsetResetStrategy.NONE.name());
    private final Fanout fanout = new Fanout(
            new Fanout.Limits(1_000_000, 100, 100, 1_000_000, Duration.ofSeconds(20), Duration.ofSeconds(30)),
            new NoHistory(),
            System::nanoTime,
            System::currentTimeMillis,
            metrics,
            new DeliveryTracing(Tracer.NOOP, Propagator.NOOP, "likes"));
    private int tails = 1;
    private TopicTailer tail;

    @AfterEach
    void stop() {
        tail.stop();
    }

    @Test
    void unreadRecordsOfAllPartitions_areTheLag() {
        end(0, 0);
        kafka.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 0L));
        LikesLog log = new LikesLog("likes", Uuid.randomUuid(), 2);
        start(() -> CompletableFuture.completedFuture(log), () -> kafka);
        await().until(fanout::isReady);
        assertThat(lag()).isZero();

        end(7, 3);

        await().untilAsserted(() -> assertThat(lag()).isEqualTo(10));
    }

    @Test
    void stopWhileDescribingTopic_returnsImmediately() {
        start(CompletableFuture::new, () -> kafka);

        long before = System.nanoTime();
        tail.stop();

        assertThat(tail.isRunning()).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void recreatedTopic_isAnotherLog_evenWithTheSameOffsets(int count) {
        tails = count;
        LikesLog old = new LikesLog("likes", Uuid.randomUuid(), 2);
        LikesLog again = new LikesLog("likes", Uuid.randomUuid(), 2);
        AtomicReference<LikesLog> described = new AtomicReference<>(old);
        start(() -> CompletableFuture.completedFuture(described.get()), TopicTailerTest::anotherConsumer);
        await().until(fanout::isReady);
        assertThat(epoch()).isEqualTo(old.epoch());

        described.set(again);

        await().ignoreExceptionsInstanceOf(StreamRefusedException.class)
                .untilAsserted(() -> assertThat(epoch()).isEqualTo(again.epoch()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void topicRecreatedDuringPreload_isAnotherLog(int count) {
        tails = count;
        LikesLog old = new LikesLog("likes", Uuid.randomUuid(), 2);
        LikesLog again = new LikesLog("likes", Uuid.randomUuid(), 2);
        Queue<LikesLog> answers = new ConcurrentLinkedQueue<>(List.of(old));
        start(
                () -> CompletableFuture.completedFuture(answers.isEmpty() ? again : answers.remove()),
                TopicTailerTest::anotherConsumer);

        await().until(fanout::isReady);

        assertThat(epoch()).isEqualTo(again.epoch());
    }

    @Test
    void offsetOutOfRange_inRecreatedTopic_isAnotherLog() {
        LikesLog old = new LikesLog("likes", Uuid.randomUuid(), 2);
        LikesLog again = new LikesLog("likes", Uuid.randomUuid(), 2);
        AtomicReference<LikesLog> described = new AtomicReference<>(old);
        MockConsumer<byte[], byte[]> first = anotherConsumer();
        Queue<MockConsumer<byte[], byte[]>> consumers = new ConcurrentLinkedQueue<>(List.of(first));
        start(
                () -> CompletableFuture.completedFuture(described.get()),
                () -> consumers.isEmpty() ? anotherConsumer() : consumers.remove(),
                Duration.ofHours(1));
        await().until(fanout::isReady);

        described.set(again);
        first.setPollException(new OffsetOutOfRangeException(Map.of(FIRST, 7L)));

        await().ignoreExceptionsInstanceOf(StreamRefusedException.class)
                .untilAsserted(() -> assertThat(epoch()).isEqualTo(again.epoch()));
    }

    @Test
    void offsetOutOfRange_inSameTopic_endsThatPartitionsReadersOnly() {
        LikesLog log = new LikesLog("likes", Uuid.randomUuid(), 2);
        MockConsumer<byte[], byte[]> only = anotherConsumer();
        Queue<MockConsumer<byte[], byte[]>> consumers = new ConcurrentLinkedQueue<>(List.of(only));
        start(() -> CompletableFuture.completedFuture(log), consumers::remove, Duration.ofHours(1));
        await().until(fanout::isReady);
        DemandReader ofFirst = follow(log, 0);
        DemandReader ofSecond = follow(log, 1);

        only.setPollException(new OffsetOutOfRangeException(Map.of(FIRST, 7L)));

        await().until(() -> ofFirst.error instanceof StreamClosedException);
        assertThat(ofSecond.error).isNull();
        await().ignoreExceptionsInstanceOf(StreamRefusedException.class)
                .untilAsserted(() -> assertThat(follow(log, 0).error).isNull());
    }

    private DemandReader follow(LikesLog log, int partition) {
        String author = "a";
        while (log.partitionOf(author) != partition) {
            author += "a";
        }
        DemandReader reader = DemandReader.unbounded();
        fanout.follow(FollowRequest.allLikesOf(author), StartPoint.NOW).attach(reader);
        return reader;
    }

    @Test
    void topicCheckFails_readersStayConnected() {
        LikesLog log = new LikesLog("likes", Uuid.randomUuid(), 2);
        AtomicInteger asked = new AtomicInteger();
        start(
                () -> asked.incrementAndGet() < 3
                        ? CompletableFuture.completedFuture(log)
                        : CompletableFuture.failedFuture(new TimeoutException("away")),
                TopicTailerTest::anotherConsumer);
        await().until(fanout::isReady);
        DemandReader reader = DemandReader.unbounded();
        fanout.follow(FollowRequest.allLikesOf("alice"), StartPoint.NOW).attach(reader);

        await().until(() -> asked.get() > 5);

        assertThat(reader.error).isNull();
        reader.cancel();
    }

    @Test
    void outOfMemoryError_readingContinues() {
        LikesLog log = new LikesLog("likes", Uuid.randomUuid(), 2);
        AtomicInteger asked = new AtomicInteger();
        start(() -> CompletableFuture.completedFuture(log), () -> {
            if (asked.incrementAndGet() == 1) {
                throw new OutOfMemoryError("on purpose");
            }
            return anotherConsumer();
        });

        await().until(fanout::isReady);

        assertThat(asked).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void endedThread_isReported_exceptAfterStop(int count) {
        tails = count;
        start(
                () -> {
                    Thread.currentThread().interrupt();
                    return new CompletableFuture<>();
                },
                () -> kafka);

        await().until(() -> tail.endedThread() != null);
        tail.stop();
        assertThat(tail.endedThread()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void changedPartitionCount_isNotReportedAsEndedThread(int count) {
        tails = count;
        LikesLog log = new LikesLog("likes", Uuid.randomUuid(), 2);
        AtomicReference<LikesLog> described = new AtomicReference<>(log);
        start(() -> CompletableFuture.completedFuture(described.get()), TopicTailerTest::anotherConsumer);
        await().until(fanout::isReady);

        described.set(new LikesLog("likes", log.id(), 3));

        await().until(() -> !tail.isRunning());
        assertThat(tail.endedThread()).isNull();
        assertThat(fanout.isReady()).isFalse();
    }

    private void start(Supplier<CompletionStage<LikesLog>> describe, Supplier<Consumer<byte[], byte[]>> consumers) {
        start(describe, consumers, Duration.ofMillis(50));
    }

    private void start(
            Supplier<CompletionStage<LikesLog>> describe,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Duration check) {
        tail = new TopicTailer(
                new TailClients(describe, number -> consumers.get(), TopicTailerTest::anotherConsumer),
                fanout,
                metrics,
                new TailSettings("likes", tails, 100, Duration.ofMillis(50), check));
        tail.start();
    }

    private void end(long first, long second) {
        kafka.updateEndOffsets(Map.of(FIRST, first, SECOND, second));
    }

    /** Returns a new consumer of an empty topic. */
    private static MockConsumer<byte[], byte[]> anotherConsumer() {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>(AutoOffsetResetStrategy.NONE.name());
        consumer.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 0L));
        consumer.updateEndOffsets(Map.of(FIRST, 0L, SECOND, 0L));
        return consumer;
    }

    /** Returns the epoch in the hello of a new connection. */
    private String epoch() {
        DemandReader reader = DemandReader.unbounded();
        fanout.follow(FollowRequest.allLikesOf("alice"), StartPoint.NOW).attach(reader);
        reader.cancel();
        return reader.frames().get(0).position().epoch();
    }

    private double lag() {
        return registry.get("heartline.gateway.lag").gauge().value();
    }
}
