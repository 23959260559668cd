package io.heartline.gateway.stream.fanout;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The memory that the rings of all partitions share. The oldest entry of all rings is evicted first, so a busy partition uses the
 * memory that quiet partitions do not need. Confined to the thread that reads the log, except {@link #bytes()}.
 */
final class RingBudget {

    private final long maxBytes;
    private final Queue<Partition> owners = new ArrayDeque<>(); // the partition of each entry, the oldest first
    private volatile long bytes; // written by one thread only

    /** @param maxBytes the maximum approximate memory of all entries */
    RingBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Counts an entry that was added to a ring.
     *
     * @param size approximate memory of the entry, in bytes
     */
    void added(Partition partition, int size) {
        owners.add(partition);
        bytes += size;
    }

    /** Evicts the oldest entries until the maximum is not exceeded. The caller must not hold a partition's lock. */
    void evict() {
        while (bytes > maxBytes) {
            bytes -= owners.remove().evictOldest();
        }
    }

    /** Returns the approximate memory of all entries. Any thread may call. */
    long bytes() {
        return bytes;
    }
}
