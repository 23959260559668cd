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
 * @param partitions by number
 * @param suspended numbers of the partitions that cannot be read at the moment
 * @param completeFrom by partition: between a position whose next offset is lower and this offset, records are missing
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

    /** @throws StreamRefusedException while the author's partition cannot be read */
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
