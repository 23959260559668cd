package io.heartline.reports.read;

import io.heartline.events.Position;
import io.heartline.reports.kafka.HighWatermarkLookup;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * A lookup of log ends, which finds positions beyond the end of the log. One lookup answers all requests that arrived
 * before it started. Later requests wait for the next lookup. Thread-safe. Only its own thread waits for Kafka.
 */
public final class SharedLogEndLookup implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(SharedLogEndLookup.class);

    /** Much longer than a lookup waits for the lookup before it. */
    private static final Duration LOST_AFTER = Duration.ofMinutes(1);

    private final Function<Set<Integer>, HighWatermarkLookup.Snapshot> kafka;
    private final LookupRate rate;
    private final Scheduler thread;
    private final LongSupplier nanoTime;
    private final Map<Integer, LogEnd> latestEnds = new ConcurrentHashMap<>(); // by partition of the topic
    private @Nullable PendingLookup pending; // has not started; guarded by this
    private long nextLookupNanos; // in nanoseconds; confined to the thread, as is isFailing
    private boolean isFailing;

    /**
     * The maximum rate of lookups.
     *
     * @param interval from the start of a lookup to the start of the next one
     * @param retryDelay from the end of a failed lookup to the start of the next one
     */
    public record LookupRate(Duration interval, Duration retryDelay) {}

    /**
     * The log end of a partition.
     *
     * @param offset exclusive
     */
    private record LogEnd(String epoch, long offset) {

        boolean isBefore(Position position) {
            return epoch.equals(position.epoch()) && offset < position.nextOffset();
        }

        boolean includes(Position position) {
            return epoch.equals(position.epoch()) && offset >= position.nextOffset();
        }
    }

    /**
     * Creates a lookup and starts its thread.
     *
     * @param kafka looks up the log ends of some partitions; blocks
     * @param rate the maximum rate of lookups
     * @param thread a scheduler with a single thread, which {@link #close} disposes of
     * @param nanoTime a monotonic clock, in nanoseconds
     */
    public SharedLogEndLookup(
            Function<Set<Integer>, HighWatermarkLookup.Snapshot> kafka,
            LookupRate rate,
            Scheduler thread,
            LongSupplier nanoTime) {
        this.kafka = kafka;
        this.rate = rate;
        this.thread = thread;
        this.nanoTime = nanoTime;
        this.nextLookupNanos = nanoTime.getAsLong();
        thread.schedule(() -> {}); // starts the thread now, because later there may be no memory for it
    }

    /**
     * Returns the last position of the log if it is before the given one. The proof is a lookup that started after the
     * subscription. Completes empty if the log contains the position, if Kafka has another log, or if it has no such
     * partition. While Kafka does not answer, nothing is emitted.
     */
    Mono<Position> lastPositionBefore(Position position) {
        return Mono.defer(() -> isKnownToExist(position) ? Mono.empty() : join(position.partition()))
                .retryWhen(Retry.indefinitely().filter(LookupFailedException.class::isInstance))
                .onErrorComplete() // the instance is shutting down
                .mapNotNull(answer -> lastPositionBefore(position, answer));
    }

    private boolean isKnownToExist(Position position) {
        LogEnd end = latestEnds.get(position.partition());
        return end != null && end.includes(position);
    }

    private static @Nullable Position lastPositionBefore(Position position, HighWatermarkLookup.Snapshot answer) {
        Long end = answer.endOffsets().get(position.partition());
        return end != null && new LogEnd(answer.epoch(), end).isBefore(position)
                ? new Position(answer.epoch(), position.partition(), end - 1)
                : null;
    }

    private synchronized Mono<HighWatermarkLookup.Snapshot> join(int partition) {
        long now = nanoTime.getAsLong();
        if (pending == null || pending.isLost(now)) {
            pending = new PendingLookup(now);
        }
        pending.partitions.add(partition);
        return pending.answer;
    }

    private synchronized Set<Integer> start(PendingLookup lookup) {
        if (pending == lookup) {
            pending = null;
        }
        return Set.copyOf(lookup.partitions);
    }

    /** A lookup that is made once, as soon as the rate allows it. All requests that have joined it get its result. */
    private final class PendingLookup {

        private final Set<Integer> partitions = new HashSet<>(); // guarded by the enclosing object
        private final Mono<HighWatermarkLookup.Snapshot> answer = Mono.defer(
                        () -> Mono.delay(delayToNextLookup(), thread))
                .subscribeOn(thread)
                .map(tick -> lookUp(start(this)))
                .cache();
        private final long createdNanos;

        PendingLookup(long createdNanos) {
            this.createdNanos = createdNanos;
        }

        /**
         * Returns whether the lookup will never complete, because an Error such as OutOfMemoryError ended its task
         * before the start.
         */
        boolean isLost(long now) {
            return now - createdNanos > LOST_AFTER.toNanos();
        }
    }

    private Duration delayToNextLookup() {
        return Duration.ofNanos(Math.max(0, nextLookupNanos - nanoTime.getAsLong()));
    }

    private HighWatermarkLookup.Snapshot lookUp(Set<Integer> partitions) {
        nextLookupNanos = nanoTime.getAsLong() + rate.interval().toNanos();
        try {
            HighWatermarkLookup.Snapshot answer = kafka.apply(partitions);
            answer.endOffsets()
                    .forEach((partition, offset) -> latestEnds.put(partition, new LogEnd(answer.epoch(), offset)));
            if (isFailing) {
                logger.info("Kafka answers lookups of log ends again");
                isFailing = false;
            }
            return answer;
        } catch (RuntimeException | Error e) { // Reactor throws some Errors instead of signalling them
            nextLookupNanos = nanoTime.getAsLong() + rate.retryDelay().toNanos();
            if (!isFailing) {
                logger.warn(
                        "Kafka answers no lookups of log ends, so requests for a position beyond the log end are not refused: {}",
                        e.toString());
                isFailing = true;
            }
            throw new LookupFailedException();
        }
    }

    /** Thrown if Kafka did not answer a lookup. The reason has been logged. */
    private static final class LookupFailedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        LookupFailedException() {
            super("Kafka did not answer", null, false, false);
        }
    }

    /** Ends the thread. Requests that wait are no longer refused. */
    @Override
    public void close() {
        thread.dispose();
    }
}
