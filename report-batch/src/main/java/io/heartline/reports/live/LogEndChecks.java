package io.heartline.reports.live;

import io.heartline.reports.kafka.HighWatermarkLookup;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the tail has read every record of its partitions. A consumer that receives nothing cannot distinguish a quiet log from
 * a broker that does not answer. So Kafka is asked for the ends of the partitions. Confined to the tail's thread.
 */
final class LogEndChecks {

    /** The maximum age of the last proof that everything is read. Kafka is asked every two seconds. */
    static final Duration MAX_AGE = Duration.ofSeconds(10);

    private final Map<Integer, Proof> proofs = new HashMap<>();
    private final Map<Integer, Pending> pending = new HashMap<>();

    /**
     * The proof that a partition was read completely.
     *
     * @param asOf the wall-clock time before which Kafka was not asked yet
     * @param nanos the same time of the monotonic clock
     */
    private record Proof(Instant asOf, long nanos) {}

    /** A log end that the tail has not reached yet. */
    private record Pending(long end, Proof proof) {}

    /**
     * Records that everything was read at a time.
     *
     * @param asOf the wall-clock time just before the log end was looked up
     * @param nanos the same time of the monotonic clock
     */
    void caughtUp(int partition, Instant asOf, long nanos) {
        proofs.put(partition, new Proof(asOf, nanos));
        pending.remove(partition);
    }

    /**
     * Takes over an answer of Kafka about the log that the tail reads.
     *
     * @param positions the tail's next offset, by partition
     * @param asOf the wall-clock time just before Kafka was asked
     * @param nanos the same time of the monotonic clock
     */
    void answer(HighWatermarkLookup.Snapshot answer, Map<Integer, Long> positions, Instant asOf, long nanos) {
        answer.endOffsets().forEach((partition, end) -> {
            if (positions.containsKey(partition)) {
                // an earlier end that is not reached stays, because on a busy partition the latest end is never reached
                pending.putIfAbsent(partition, new Pending(end, new Proof(asOf, nanos)));
            }
        });
        positions.forEach(this::advance);
    }

    /** Records that the tail has read all records of a partition below an offset. */
    void advance(int partition, long offset) {
        Pending next = pending.get(partition);
        if (next != null && offset >= next.end) {
            proofs.put(partition, next.proof);
            pending.remove(partition);
        }
    }

    /** Forgets the partitions that the tail no longer reads. */
    void retain(Set<Integer> partitions) {
        proofs.keySet().retainAll(partitions);
        pending.keySet().retainAll(partitions);
    }

    /** Returns the time since which records may be missing; null if there was a proof lately that none are. */
    @Nullable
    Instant staleSince(int partition, long now) {
        Proof last = proofs.get(partition);
        return last != null && now - last.nanos > MAX_AGE.toNanos() ? last.asOf : null;
    }
}
