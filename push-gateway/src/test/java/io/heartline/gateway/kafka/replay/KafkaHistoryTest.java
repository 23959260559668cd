package io.heartline.gateway.kafka.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.StreamRefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KafkaHistoryTest {

    private final CountDownLatch kafkaIsSlow = new CountDownLatch(1);
    private final AlternatingLog log = new AlternatingLog();
    private KafkaHistory reader;

    @AfterEach
    void stop() throws InterruptedException {
        kafkaIsSlow.countDown();
        reader.stop();
    }

    @Test
    void replayBeyondLimit_isRefused_untilOneCompletes() {
        reader = reader(1, 1, 0, Duration.ofSeconds(5), this::slowly);
        CompletableFuture<History.Page> reading = read("one", "alice");
        CompletableFuture<History.Page> waiting = read("two", "bob");

        assertThat(read("three", "carol"))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(StreamRefusedException.class, e -> assertThat(e.reason())
                        .isEqualTo(StreamRefusedException.Reason.full));

        kafkaIsSlow.countDown();
        assertThat(reading).succeedsWithin(Duration.ofSeconds(30));
        assertThat(waiting).succeedsWithin(Duration.ofSeconds(30));
        await().untilAsserted(() -> assertThat(read("three", "carol")).succeedsWithin(Duration.ofSeconds(5)));
    }

    @Test
    void callerAtLimit_leavesPermitsForOthers() {
        reader = reader(1, 9, 2, Duration.ofSeconds(5), this::slowly);
        read("greedy", "alice");
        read("greedy", "bob");

        assertThat(read("greedy", "carol"))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(StreamRefusedException.class, e -> assertThat(e.reason())
                        .isEqualTo(StreamRefusedException.Reason.caller));
        CompletableFuture<History.Page> modest = read("modest", "carol");

        assertThat(modest).isNotDone();
        kafkaIsSlow.countDown();
        assertThat(modest).succeedsWithin(Duration.ofSeconds(30));
    }

    @Test
    void endOffset_isReadWhenPageIsRead_notWhenQueued() {
        reader = reader(1, 2, 0, Duration.ofSeconds(5), this::slowly);
        AtomicLong newest = new AtomicLong(4);
        read("one", "bob");
        CompletableFuture<History.Page> queued = read("one", "alice", 0, newest::get);

        newest.set(8);
        kafkaIsSlow.countDown();

        assertThat(queued.join().next()).isEqualTo(8);
    }

    @Test
    void clientDisconnected_nothingIsRead() {
        reader = reader(1, 1, 0, Duration.ofSeconds(5), this::slowly);
        read("one", "bob");
        CompletableFuture<History.Page> queued =
                reader.read(request("one", "alice", 0, () -> 10, () -> false)).toCompletableFuture();

        kafkaIsSlow.countDown();

        assertThat(queued)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .isInstanceOf(CancellationException.class);
        await().until(() -> reader.readsInProgress() == 0);
        assertThat(log.pages).hasValue(1);
    }

    @Test
    void callerAtLimit_isServedFromOthersReads() {
        reader = reader(1, 9, 1, Duration.ofSeconds(5), this::slowly);
        read("greedy", "bob");
        CompletableFuture<History.Page> ofAnother = read("modest", "alice");

        CompletableFuture<History.Page> shared = read("greedy", "alice");
        kafkaIsSlow.countDown();

        assertThat(shared).succeedsWithin(Duration.ofSeconds(30));
        assertThat(ofAnother).succeedsWithin(Duration.ofSeconds(30));
        assertThat(log.pages).hasValue(2);
    }

    @Test
    void clientsReturningTogether_shareOneKafkaRead() {
        reader = reader(1, 1, 1, Duration.ofSeconds(5), this::slowly);
        List<CompletableFuture<History.Page>> crowd = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            crowd.add(read("caller-" + i, "alice", i % 5, () -> 10));
        }

        kafkaIsSlow.countDown();

        assertThat(crowd).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(30)));
        assertThat(crowd.get(3).join().entries())
                .extracting(entry -> entry.offset)
                .containsExactly(4L, 6L, 8L);
        assertThat(log.pages).hasValue(1);
    }

    @Test
    void positionsBeyondEnd_takeNoPermitsFromPages() {
        reader = reader(1, 1, 1, Duration.ofSeconds(5), this::slowly);
        List<CompletableFuture<History.Bounds>> flood = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            flood.add(reader.bounds(3, 999).toCompletableFuture());
        }

        CompletableFuture<History.Page> page = read("one", "alice");
        kafkaIsSlow.countDown();

        assertThat(page).succeedsWithin(Duration.ofSeconds(30));
        assertThat(flood)
                .allSatisfy(one ->
                        assertThat(one).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(new History.Bounds(0, 10)));
    }

    @Test
    void lookupsBeyondLimit_areRefused_andEqualOnesAreShared() {
        reader = reader(1, 1, 0, Duration.ofSeconds(5), this::slowly);
        CompletableFuture<History.Since> one = since(1_000);
        CompletableFuture<History.Since> same = since(1_000);
        CompletableFuture<History.Since> two = since(2_000);

        assertThat(since(3_000))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(StreamRefusedException.class, e -> assertThat(e.reason())
                        .isEqualTo(StreamRefusedException.Reason.full));
        kafkaIsSlow.countDown();

        assertThat(one).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(new History.Since(1, true));
        assertThat(same).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(new History.Since(1, true));
        assertThat(two).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(new History.Since(2, true));
        assertThat(log.lookups).hasValue(2);
        assertThat(since(3_000)).succeedsWithin(Duration.ofSeconds(30));
    }

    private CompletableFuture<History.Since> since(long millis) {
        return reader.firstSince(3, Instant.ofEpochMilli(millis)).toCompletableFuture();
    }

    @Test
    void threadCreationFails_pageFails_andPermitIsReleased() {
        reader = reader(1, 0, 1, Duration.ofSeconds(5), () -> log.consumer(10), task -> {
            throw new InternalError("unable to create native thread");
        });

        assertThat(read("one", "alice")).isCompletedExceptionally();
        assertThat(reader.readsInProgress()).isZero();
        assertThat(read("one", "alice"))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(InternalError.class);
    }

    @Test
    void stopped_queuedRequestsFail() throws InterruptedException {
        reader = reader(1, 9, 0, Duration.ofSeconds(5), this::slowly);
        CompletableFuture<History.Page> reading = read("one", "alice");
        CompletableFuture<History.Page> queuedPage = read("two", "bob");
        CompletableFuture<History.Bounds> queuedBounds = reader.bounds(3, 5).toCompletableFuture();

        reader.stop();

        assertThat(queuedPage).isCompletedExceptionally();
        assertThat(queuedBounds).isCompletedExceptionally();
        assertThat(reading).isDone();
        assertThat(reader.readsInProgress()).isZero();
    }

    @Test
    void otherLog_cachedPagesAreCleared() {
        reader = reader(1, 1, 0, Duration.ofSeconds(5), this::slowly);
        kafkaIsSlow.countDown();
        read("one", "alice").join();
        read("one", "alice").join();
        assertThat(log.pages).hasValue(1);

        reader.clearCaches();

        read("one", "alice").join();
        assertThat(log.pages).hasValue(2);
    }

    private CompletableFuture<History.Page> read(String caller, String author) {
        return read(caller, author, 0, () -> 10);
    }

    private CompletableFuture<History.Page> read(String caller, String author, long from, LongSupplier end) {
        return reader.read(request(caller, author, from, end, () -> true)).toCompletableFuture();
    }

    private static History.Request request(
            String caller, String author, long from, LongSupplier end, BooleanSupplier isWanted) {
        return new History.Request(3, Set.of(author), caller, from, end, isWanted);
    }

    private static KafkaHistory reader(
            int threads, int waiting, int perCaller, Duration timeout, Supplier<Consumer<byte[], byte[]>> consumers) {
        return reader(threads, waiting, perCaller, timeout, consumers, Thread::new);
    }

    private static KafkaHistory reader(
            int threads,
            int waiting,
            int perCaller,
            Duration timeout,
            Supplier<Consumer<byte[], byte[]>> consumers,
            ThreadFactory threadFactory) {
        KafkaHistory.Limits limits =
                new KafkaHistory.Limits(threads, waiting, perCaller, 100, 1_000, 100, 1_000_000, timeout);
        return new KafkaHistory("likes", limits, consumers, consumers, threadFactory);
    }

    private Consumer<byte[], byte[]> slowly() {
        try {
            kafkaIsSlow.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return log.consumer(10);
    }
}
