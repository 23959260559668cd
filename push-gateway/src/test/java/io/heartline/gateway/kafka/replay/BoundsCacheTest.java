package io.heartline.gateway.kafka.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.gateway.stream.History;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BoundsCacheTest {

    private final List<CompletableFuture<History.Bounds>> asked = new ArrayList<>();
    private final List<Runnable> delayed = new ArrayList<>();
    private long now = 1;
    private Error error;
    private final BoundsCache cache = new BoundsCache(this::ask, () -> now, nanos -> delayed::add);

    @Test
    void concurrentRequests_shareOneFetch() {
        List<CompletableFuture<History.Bounds>> crowd = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            crowd.add(get(i % 100));
        }

        answer(0, 100);

        assertThat(asked).hasSize(1);
        assertThat(crowd).allMatch(CompletableFuture::isDone);
    }

    @Test
    void freshBounds_offsetBeforeEnd_isServedWithoutFetch() {
        get(50);
        answer(0, 100);
        now += BoundsCache.MAX_AGE.toNanos() - 1;

        assertThat(get(100)).isCompletedWithValue(new History.Bounds(0, 100));

        assertThat(asked).hasSize(1);
    }

    @Test
    void expiredBounds_areFetchedAgain() {
        get(50);
        answer(0, 100);
        now += BoundsCache.MAX_AGE.toNanos();

        get(50);

        assertThat(asked).hasSize(2);
    }

    @Test
    void offsetAfterCachedEnd_isFetchedAgain() {
        get(50);
        answer(0, 100);
        now += BoundsCache.MIN_INTERVAL.toNanos();

        CompletableFuture<History.Bounds> ahead = get(110);

        assertThat(ahead).isNotDone();
        answer(1, 120);
        assertThat(ahead).isCompletedWithValue(new History.Bounds(0, 120));
    }

    @Test
    void repeatedOffsetsAfterEnd_fetchOncePerInterval() {
        get(50);
        answer(0, 100);

        for (int i = 0; i < 1_000; i++) {
            get(Long.MAX_VALUE);
        }

        assertThat(asked).hasSize(1);
        assertThat(delayed).hasSize(1);
        now += BoundsCache.MIN_INTERVAL.toNanos();
        delayed.remove(0).run();
        for (int i = 0; i < 1_000; i++) {
            get(Long.MAX_VALUE);
        }
        assertThat(asked).hasSize(2);
        answer(1, 100);
        assertThat(asked).hasSize(2);
        assertThat(delayed).hasSize(1);
    }

    @Test
    void olderAnswerWithEarlierEnd_isNotUsed() {
        get(50);

        CompletableFuture<History.Bounds> ahead = get(110);
        answer(0, 100);
        assertThat(ahead).isNotDone();
        now += BoundsCache.MIN_INTERVAL.toNanos();
        delayed.remove(0).run();
        answer(1, 120);

        assertThat(ahead).isCompletedWithValue(new History.Bounds(0, 120));
    }

    @Test
    void failedFetch_failsWaitingRequests_andIsNotCached() {
        CompletableFuture<History.Bounds> first = get(50);
        CompletableFuture<History.Bounds> second = get(60);
        asked.get(0).completeExceptionally(new IllegalStateException("Kafka is away"));
        assertThat(first).isCompletedExceptionally();
        assertThat(second).isCompletedExceptionally();
        now += BoundsCache.MIN_INTERVAL.toNanos();

        CompletableFuture<History.Bounds> again = get(50);
        answer(1, 100);

        assertThat(again).isCompletedWithValue(new History.Bounds(0, 100));
    }

    @Test
    void partitions_areFetchedSeparately() {
        get(50);

        cache.get(4, 50);

        assertThat(asked).hasSize(2);
    }

    @Test
    void fetchThrows_requestFails_andLaterRequestsFetchAgain() {
        error = new InternalError("unable to create native thread");
        assertThat(get(50)).failsWithin(Duration.ZERO).withThrowableThat().withCause(error);
        error = null;
        now += BoundsCache.MIN_INTERVAL.toNanos();

        CompletableFuture<History.Bounds> next = get(50);

        answer(0, 100);
        assertThat(next).isCompletedWithValue(new History.Bounds(0, 100));
    }

    private CompletableFuture<History.Bounds> get(long offset) {
        return cache.get(3, offset).toCompletableFuture();
    }

    private CompletableFuture<History.Bounds> ask(int partition) {
        if (error != null) {
            throw error;
        }
        CompletableFuture<History.Bounds> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    }

    private void answer(int question, long end) {
        asked.get(question).complete(new History.Bounds(0, end));
    }
}
