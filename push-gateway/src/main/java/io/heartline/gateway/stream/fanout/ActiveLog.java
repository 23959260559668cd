package io.heartline.gateway.stream.fanout;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.ForeignPositionException;
import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.PositionList;
import io.heartline.gateway.stream.StartPoint;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.gateway.stream.UndecodableException;
import io.heartline.gateway.stream.connection.Tick;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** The log that is read now, its partitions, and the connections to them. Thread-safe. */
final class ActiveLog {

    private final LikesLog log;
    private final RingBudget ring;
    private final History history;
    private final Fanout.Limits limits;
    private final Connections connections;
    private final List<Partition> partitions = new CopyOnWriteArrayList<>(); // in order of their numbers
    private final Set<Integer> suspended = ConcurrentHashMap.newKeySet();
    private final AtomicLongArray completeFrom; // records are missing between this offset and a lower next offset

    /**
     * The start of a client's stream in one partition.
     *
     * @param partition the partition
     * @param authors the client's authors of the partition, at least one
     * @param after the last position that the client saw, after which the log has every record; null to start at the present
     */
    record Start(
            Partition partition,
            List<String> authors,
            @Nullable Position after) {}

    /** Creates a log without partitions, which the caller adds. */
    ActiveLog(LikesLog log, History history, Fanout.Limits limits, Connections connections) {
        this.log = log;
        this.ring = new RingBudget(limits.ringBytes());
        this.history = history;
        this.limits = limits;
        this.connections = connections;
        this.completeFrom = new AtomicLongArray(log.partitions());
    }

    LikesLog log() {
        return log;
    }

    RingBudget ring() {
        return ring;
    }

    Connections connections() {
        return connections;
    }

    List<Partition> partitions() {
        return partitions;
    }

    /** Marks that a partition cannot be read at the moment. */
    void suspend(int partition) {
        suspended.add(partition);
    }

    /** Replaces a suspended partition, and removes its records from memory. */
    void replace(int number, Partition partition) {
        ring.removed(partitions.set(number, partition));
    }

    /** Marks that clients may follow authors of a partition again. */
    void resume(int partition) {
        suspended.remove(partition);
    }

    /** Returns the numbers of the suspended partitions, in ascending order. */
    List<Integer> suspended() {
        return suspended.stream().sorted().toList();
    }

    /**
     * Checks that a stream can start.
     *
     * @throws StreamRefusedException while the partition of an author is suspended
     * @throws ForeignPositionException if a position is of this log, and of a partition that has none of the authors
     */
    void check(List<String> authors, StartPoint start) {
        Set<Integer> numbers = byPartition(authors).keySet();
        PositionList after = start.after();
        if (after != null && after.epoch().equals(log.epoch())) {
            for (Position position : after.positions()) {
                if (!numbers.contains(position.partition())) {
                    throw new ForeignPositionException();
                }
            }
        }
        if (numbers.stream().anyMatch(suspended::contains)) {
            throw StreamRefusedException.logLost();
        }
    }

    private Map<Integer, List<String>> byPartition(List<String> authors) {
        Map<Integer, List<String>> byPartition = new LinkedHashMap<>();
        for (String author : authors) {
            byPartition
                    .computeIfAbsent(log.partitionOf(author), number -> new ArrayList<>(1))
                    .add(author);
        }
        return byPartition;
    }

    /**
     * Finds where a client's stream starts in each partition. The caller has called {@link #check}.
     *
     * @return the starts; completed already if each position is in a ring. Fails if Kafka does not answer in time
     */
    CompletionStage<List<Start>> findStarts(FollowRequest request, StartPoint start) {
        CompletionStage<List<Start>> all = CompletableFuture.completedStage(new ArrayList<>());
        for (Map.Entry<Integer, List<String>> entry :
                byPartition(request.authors()).entrySet()) {
            Partition partition = partitions.get(entry.getKey());
            CompletionStage<Start> found = findPosition(partition, entry.getKey(), request, start)
                    .thenApply(after -> new Start(partition, entry.getValue(), after.position()));
            all = all.thenCombine(found, (starts, next) -> {
                starts.add(next);
                return starts;
            });
        }
        return all;
    }

    /** @param position after which the log has every record; null if it does not */
    private record Resumable(@Nullable Position position) {

        private static final Resumable NOT = new Resumable(null);
    }

    private CompletionStage<Resumable> findPosition(
            Partition partition, int number, FollowRequest request, StartPoint start) {
        Position after = start.after() == null || !start.after().epoch().equals(log.epoch())
                ? null
                : start.after().of(number);
        return start.since() != null
                ? findSince(partition, number, request, start.since())
                : after == null ? CompletableFuture.completedStage(Resumable.NOT) : check(partition, request, after);
    }

    private CompletionStage<Resumable> findSince(
            Partition partition, int number, FollowRequest request, Instant since) {
        return history.firstSince(number, since)
                .thenCompose(first -> first.isComplete()
                        ? check(partition, request, new Position(log.epoch(), number, first.offset() - 1))
                        : CompletableFuture.completedStage(Resumable.NOT));
    }

    /** Returns the position if the log has every record after it, and a replay of them is within the limits. */
    private CompletionStage<Resumable> check(Partition partition, FollowRequest request, Position after) {
        if (after.nextOffset() < completeFrom.get(after.partition())) {
            return CompletableFuture.completedStage(Resumable.NOT);
        }
        if (partition.canResumeFromRing(after)) {
            return CompletableFuture.completedStage(new Resumable(after));
        }
        Ring.Span span = partition.ringSpan();
        long missed = span.firstOffset() - after.nextOffset();
        if (request.isConflated()
                ? missed > limits.maxDigestReplayBytes() / span.bytesPerRecord()
                : missed > limits.maxReplayRecords()) {
            return CompletableFuture.completedStage(Resumable.NOT);
        }
        return history.bounds(after.partition(), after.nextOffset())
                .thenApply(bounds -> bounds.begin() <= after.nextOffset() && after.nextOffset() <= bounds.end()
                        ? new Resumable(after)
                        : Resumable.NOT);
    }

    /** Returns a source of pages. If a page cannot be decoded, it marks the partition as incomplete. */
    PartitionContext.PageSource pages() {
        return request -> history.read(request).whenComplete((page, e) -> {
            Throwable cause = e instanceof CompletionException ? e.getCause() : e;
            if (cause instanceof UndecodableException undecodable) {
                markIncompleteBefore(request.partition(), undecodable.nextDecodable());
            }
        });
    }

    void markIncompleteBefore(int partition, long offset) {
        completeFrom.accumulateAndGet(partition, offset, Math::max);
    }

    /** Ends intervals of digests, and examines the connections that are due. Returns the largest lag of a turn in events. */
    long tick(Tick tick) {
        long maxLag = partitions.stream()
                .mapToLong(partition -> partition.tick(tick))
                .max()
                .orElse(0);
        connections.tick(tick);
        return maxLag;
    }

    /** Returns the number of live events that clients were not sent, neither alone nor in a digest. */
    long pendingEvents() {
        return partitions.stream().mapToLong(Partition::pendingEvents).sum();
    }

    /** Ends all connections, and refuses later subscriptions. */
    void fail(StreamClosedException cause) {
        partitions.forEach(partition -> partition.fail(cause));
        connections.end(cause); // those without an author
    }
}
