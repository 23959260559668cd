package io.heartline.gateway.stream.fanout;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The memory that the rings of all partitions share. The oldest entries of all rings are evicted first, so a busy partition uses
 * the memory that quiet partitions do not need. Thread-safe: several threads read the log, each its own partitions.
 */
final class RingBudget {

    private final long maxBytes;
    private final Deque<Run> runs = new ArrayDeque<>(); // the oldest first
    private long bytes;

    /**
     * Consecutive entries that one batch of records has added to a ring.
     *
     * @param partition the partition of the ring
     * @param entries their number; 0 if the batch has added none
     * @param bytes their approximate memory
     */
    record Run(Partition partition, int entries, long bytes) {}

    /** @param maxBytes the maximum approximate memory of all entries */
    RingBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Counts entries that were added to a ring. */
    synchronized void added(Run run) {
        if (run.entries() > 0) {
            runs.add(run);
            bytes += run.bytes();
        }
    }

    /**
     * Evicts the oldest entries until the maximum is not exceeded. A thread claims entries before it evicts them, so threads do not wait
     * for each other's partitions here. The caller must not hold a partition's lock.
     */
    void evict() {
        for (Claim claim = claimOldest(); claim != null; claim = claimOldest()) {
            Run rest = claim.run().partition().evict(claim.run(), claim.excess());
            if (rest != null) {
                putBack(rest);
            }
        }
    }

    /**
     * Entries that only one thread may evict.
     *
     * @param run the oldest entries, which the budget does not count meanwhile
     * @param excess how much of the run's memory has to be freed, in bytes
     */
    private record Claim(Run run, long excess) {}

    /** Returns null if the maximum is not exceeded, or if other threads have claimed all entries. */
    private synchronized @Nullable Claim claimOldest() {
        long excess = bytes - maxBytes;
        if (excess <= 0 || runs.isEmpty()) {
            return null;
        }
        Run oldest = runs.remove();
        bytes -= oldest.bytes();
        return new Claim(oldest, excess);
    }

    private synchronized void putBack(Run rest) {
        runs.addFirst(rest);
        bytes += rest.bytes();
    }

    /** Stops counting a partition's entries, because no client reads them any more. */
    synchronized void removed(Partition partition) {
        runs.removeIf(run -> {
            boolean isRemoved = run.partition() == partition;
            bytes -= isRemoved ? run.bytes() : 0;
            return isRemoved;
        });
    }

    /** Returns the approximate memory of all entries. */
    synchronized long bytes() {
        return bytes;
    }
}
