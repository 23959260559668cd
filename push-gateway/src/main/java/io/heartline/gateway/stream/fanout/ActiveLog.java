package io.heartline.gateway.stream.fanout;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.gateway.stream.StreamRefusedException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The log that is read now, and its partitions. Thread-safe.
 *
 * @param log the topic and its epoch
 * @param partitions the partitions in order of their numbers
 * @param suspended numbers of the partitions that cannot be read at the moment
 * @param completeFrom an offset for each partition: records are missing between a lower next offset and it
 * @param ring the memory that the partitions share
 */
record ActiveLog(
        LikesLog log,
        List<Partition> partitions,
        Set<Integer> suspended,
        AtomicLongArray completeFrom,
        RingBudget ring) {

    /** Returns a log without partitions, which the caller adds. */
    static ActiveLog of(LikesLog log, RingBudget ring) {
        return new ActiveLog(
                log,
                new CopyOnWriteArrayList<>(),
                ConcurrentHashMap.newKeySet(),
                new AtomicLongArray(log.partitions()),
                ring);
    }

    /**
     * Returns the author's partition.
     *
     * @throws StreamRefusedException while the partition is suspended
     */
    Partition readablePartition(String authorId) {
        int number = log.partitionOf(authorId);
        if (suspended.contains(number)) {
            throw StreamRefusedException.logLost();
        }
        return partitions.get(number);
    }

    /** Returns whether no record is missing after the position. */
    boolean isComplete(Position after) {
        return after.nextOffset() >= completeFrom.get(after.partition());
    }

    void markIncompleteBefore(int partition, long offset) {
        completeFrom.accumulateAndGet(partition, offset, Math::max);
    }
}
