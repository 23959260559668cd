package io.heartline.gateway.stream.fanout;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.gateway.stream.ForeignPositionException;
import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.gateway.stream.UndecodableException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The log that is read now, and its partitions. Thread-safe.
 *
 * @param log the topic and its epoch
 * @param partitions the partitions in order of their numbers
 * @param suspended numbers of the partitions that cannot be read at the moment
 * @param completeFrom an offset for each partition. Records are missing between this offset and a lower next offset
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

    /**
     * Returns whether the position is of this log, and no record is missing after it.
     *
     * @throws ForeignPositionException if the position is of another author's partition
     */
    boolean isComplete(String authorId, Position after) {
        if (!after.epoch().equals(log.epoch())) {
            return false;
        }
        if (after.partition() != log.partitionOf(authorId)) {
            throw new ForeignPositionException();
        }
        return after.nextOffset() >= completeFrom.get(after.partition());
    }

    /** Returns a source of pages. If a page cannot be decoded, it marks the partition as incomplete. */
    PartitionContext.PageSource pages(History history) {
        return (partition, request, from, end, isWanted) -> history.read(partition, request, from, end, isWanted)
                .whenComplete((page, e) -> {
                    Throwable cause = e instanceof CompletionException ? e.getCause() : e;
                    if (cause instanceof UndecodableException undecodable) {
                        markIncompleteBefore(partition, undecodable.nextDecodable());
                    }
                });
    }

    /** Returns the number of partitions that are not suspended. */
    int readablePartitions() {
        return partitions.size() - suspended.size();
    }

    /** Examines the connections of a turn, and returns their largest lag in events. */
    long tick(Tick tick) {
        return partitions.stream()
                .mapToLong(partition -> partition.tick(tick))
                .max()
                .orElse(0);
    }

    /** Returns the number of live events that clients were not sent, neither alone nor in a digest. */
    long pendingEvents() {
        return partitions.stream().mapToLong(Partition::pendingEvents).sum();
    }

    /**
     * Ends a random part of the connections.
     *
     * @param share the part, from 0 to 1
     */
    void drain(double share) {
        List<Connection> connections = new ArrayList<>();
        partitions.forEach(partition -> connections.addAll(List.of(partition.connections())));
        Collections.shuffle(connections);
        connections.stream()
                .limit((long) Math.ceil(connections.size() * share))
                .forEach(connection -> connection.end(StreamClosedException.draining()));
    }

    void markIncompleteBefore(int partition, long offset) {
        completeFrom.accumulateAndGet(partition, offset, Math::max);
    }
}
