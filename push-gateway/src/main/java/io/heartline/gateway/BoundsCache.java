package io.heartline.gateway;

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
 * What the log of each partition spans. Kafka is asked at most every {@link #MIN_INTERVAL} for a partition, however many
 * clients present a position that the ring does not reach. Thread-safe.
 */
final class BoundsCache {

    static final Duration MAX_AGE = Duration.ofSeconds(1);
    static final Duration MIN_INTERVAL = Duration.ofMillis(250);

    private final IntFunction<CompletionStage<LogReader.Bounds>> ask;
    private final LongSupplier nanoTime;
    private final LongFunction<Executor> delay;
    private final ConcurrentMap<Integer, Known> known = new ConcurrentHashMap<>();

    /** @param ask asks Kafka for a partition, without blocking */
    BoundsCache(IntFunction<CompletionStage<LogReader.Bounds>> ask) {
        this(ask, System::nanoTime, nanos -> CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS));
    }

    /** @param delay returns an executor that waits for so many nanoseconds before each task */
    BoundsCache(
            IntFunction<CompletionStage<LogReader.Bounds>> ask, LongSupplier nanoTime, LongFunction<Executor> delay) {
        this.ask = ask;
        this.nanoTime = nanoTime;
        this.delay = delay;
    }

    /**
     * Returns bounds by which an offset can be judged. If the offset is after the end known so far, Kafka is asked again: a
     * client that comes from an instance which is ahead has a valid position, and only Kafka can tell.
     */
    CompletionStage<LogReader.Bounds> get(int partition, long offset) {
        return known.computeIfAbsent(partition, Known::new).get(offset);
    }

    /** What is known of one partition. At most one question is under way, and one waits for its turn. */
    private final class Known {

        private final int partition;
        private LogReader.Bounds last;
        private long askedAt = nanoTime.getAsLong() - MAX_AGE.toNanos();
        private CompletableFuture<LogReader.Bounds> current;
        private CompletableFuture<LogReader.Bounds> next;

        Known(int partition) {
            this.partition = partition;
        }

        CompletionStage<LogReader.Bounds> get(long offset) {
            CompletableFuture<LogReader.Bounds> underWay;
            synchronized (this) {
                boolean isFresh = last != null && nanoTime.getAsLong() - askedAt < MAX_AGE.toNanos();
                if (isFresh && offset <= last.end()) {
                    return CompletableFuture.completedStage(last);
                }
                underWay = isFresh ? null : current;
            }
            // a question that was asked before this request may have been answered before the record was appended
            return underWay == null
                    ? ask()
                    : underWay.thenCompose(
                            bounds -> offset <= bounds.end() ? CompletableFuture.completedStage(bounds) : ask());
        }

        private CompletionStage<LogReader.Bounds> ask() {
            CompletableFuture<LogReader.Bounds> answer;
            CompletionStage<?> before;
            long wait;
            synchronized (this) {
                if (next != null) {
                    return next;
                }
                answer = new CompletableFuture<>();
                next = answer;
                before = current == null ? CompletableFuture.completedStage(null) : current.handle((bounds, e) -> null);
                wait = askedAt + MIN_INTERVAL.toNanos() - nanoTime.getAsLong();
            }
            before.thenRunAsync(this::begin, wait > 0 ? delay.apply(wait) : Runnable::run);
            return answer;
        }

        private void begin() {
            CompletableFuture<LogReader.Bounds> answer;
            synchronized (this) {
                answer = next;
                current = next;
                next = null;
                askedAt = nanoTime.getAsLong();
            }
            CompletionStage<LogReader.Bounds> asked;
            try {
                asked = ask.apply(partition);
            } catch (Throwable e) { // for example no thread can be created: later requests must not wait for this one
                asked = CompletableFuture.failedStage(e);
            }
            asked.whenComplete((bounds, e) -> {
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
