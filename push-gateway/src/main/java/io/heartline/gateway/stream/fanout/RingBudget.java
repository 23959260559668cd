package io.heartline.gateway.stream.fanout;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The memory that the rings of all partitions share. A busy partition takes what the quiet ones do not need: the entry that
 * was added first is evicted first, in whichever ring it is. Confined to the thread that reads the log, except
 * {@link #bytes()}.
 */
final class RingBudget {

    private final long maxBytes;
    private final Queue<Partition> owners = new ArrayDeque<>(); // the partition of each entry, the oldest first
    private volatile long bytes; // written by one thread only

    /** @param maxBytes approximate memory of all entries */
    RingBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** @param size approximate bytes of the entry that was added */
    void added(Partition partition, int size) {
        owners.add(partition);
        bytes += size;
    }

    /** Evicts the oldest entries until the rest fits. The caller holds no partition's lock. */
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
