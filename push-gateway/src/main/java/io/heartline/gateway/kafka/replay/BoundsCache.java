package io.heartline.gateway.kafka.replay;

import io.heartline.gateway.stream.History;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * A cache of the first and the end offset of each partition. It asks Kafka for a partition at most every {@link #MIN_INTERVAL},
 * even if many clients present a position that is not in the ring. Thread-safe.
 */
final class BoundsCache {

    static final Duration MAX_AGE = Duration.ofSeconds(1);
    static final Duration MIN_INTERVAL = Duration.ofMillis(250);

    private final IntFunction<CompletionStage<History.Bounds>> fetch;
    private final LongSupplier nanoTime;
    private final LongFunction<Executor> delay;
    private final ConcurrentMap<Integer, PartitionBounds> partitions = new ConcurrentHashMap<>();

    /**
     * Creates an empty cache.
     *
     * @param fetch asks Kafka for the bounds of a partition, without blocking
     */
    BoundsCache(IntFunction<CompletionStage<History.Bounds>> fetch) {
        this(fetch, System::nanoTime, nanos -> CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS));
    }

    /**
     * Creates an empty cache with the clock of a test.
     *
     * @param fetch asks Kafka for the bounds of a partition, without blocking
     * @param nanoTime the clock, like {@link System#nanoTime()}
     * @param delay returns an executor that waits for a number of nanoseconds before each task
     */
    BoundsCache(
            IntFunction<CompletionStage<History.Bounds>> fetch, LongSupplier nanoTime, LongFunction<Executor> delay) {
        this.fetch = fetch;
        this.nanoTime = nanoTime;
        this.delay = delay;
    }

    /**
     * Returns bounds to compare an offset with. If the offset is after the cached end, the cache asks Kafka again. The client may
     * come from an instance that has read more, so its position can be valid.
     *
     * @param partition the partition's number
     * @param offset the offset of a client's position
     * @return bounds that are at most {@link #MAX_AGE} old, unless Kafka fails
     */
    CompletionStage<History.Bounds> get(int partition, long offset) {
        return partitions.computeIfAbsent(partition, PartitionBounds::new).get(offset);
    }

    /** The cached bounds of one partition. At most one fetch is in progress, and at most one more waits for it. */
    private final class PartitionBounds {

        private final int partition;
        private History.Bounds last;
        private long fetchedAt = nanoTime.getAsLong() - MAX_AGE.toNanos();
        private CompletableFuture<History.Bounds> current;
        private CompletableFuture<History.Bounds> next;

        PartitionBounds(int partition) {
            this.partition = partition;
        }

        CompletionStage<History.Bounds> get(long offset) {
            CompletableFuture<History.Bounds> inFlight;
            synchronized (this) {
                boolean isFresh = last != null && nanoTime.getAsLong() - fetchedAt < MAX_AGE.toNanos();
                if (isFresh && offset <= last.end()) {
                    return CompletableFuture.completedStage(last);
                }
                inFlight = isFresh ? null : current;
            }
            // a fetch that started before this request may have been answered before the record was appended
            return inFlight == null
                    ? requestBounds()
                    : inFlight.thenCompose(bounds ->
                            offset <= bounds.end() ? CompletableFuture.completedStage(bounds) : requestBounds());
        }

        private CompletionStage<History.Bounds> requestBounds() {
            CompletableFuture<History.Bounds> answer;
            CompletionStage<?> before;
            long wait;
            synchronized (this) {
                if (next != null) {
                    return next;
                }
                answer = new CompletableFuture<>();
                next = answer;
                before = current == null ? CompletableFuture.completedStage(null) : current.handle((bounds, e) -> null);
                wait = fetchedAt + MIN_INTERVAL.toNanos() - nanoTime.getAsLong();
            }
            before.thenRunAsync(this::startFetch, wait > 0 ? delay.apply(wait) : Runnable::run);
            return answer;
        }

        private void startFetch() {
            CompletableFuture<History.Bounds> answer;
            synchronized (this) {
                answer = next;
                current = next;
                next = null;
                fetchedAt = nanoTime.getAsLong();
            }
            CompletionStage<History.Bounds> fetched;
            try {
                fetched = fetch.apply(partition);
            } catch (
                    Throwable e) { // for example, no thread can be created: later requests must not wait for this fetch
                fetched = CompletableFuture.failedStage(e);
            }
            fetched.whenComplete((bounds, e) -> {
                synchronized (this) {
                    current = null;
                    last = bounds;
                }
                if (e == null) {
                    answer.complete(bounds);
                } else {
                    answer.completeExceptionally(e);
                }
            });
        }
    }
}
