package io.heartline.gateway.stream.fanout;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.ForeignPositionException;
import io.heartline.gateway.stream.FrameStream;
import io.heartline.gateway.stream.GatewayMetrics;
import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.gateway.stream.UndecodableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** From the log to whoever follows: knows every partition of the one log that is being read. */
public final class Fanout {

    private final Limits limits;
    private final History history;
    private final LongSupplier nanoTime;
    private final LongSupplier epochMillis;
    private final GatewayMetrics metrics;
    private final DeliveryTracing traces;
    // of the thread that reads the log; live once readers are let in
    private ActiveLog prepared;
    private volatile ActiveLog active;
    private volatile boolean hasBeenActive;
    private volatile String fatalReason;
    private volatile long drainEnd;
    private long lastDrainStep;
    private long lastTick; // 0 before the first
    private int turn;
    private final long[] maxLagByTurn = new long[Tick.TURNS];

    /**
     * The limits of what clients may use.
     *
     * @param ringBytes approximate memory for the latest records of all partitions together
     * @param digestThreshold events that a client whose socket is full may have to read before they are conflated
     * @param maxReplayRecords how many records of its partition a client may be behind when it resumes, if it is to receive
     *     each event
     * @param maxDigestReplayBytes how many bytes of its partition, approximately, if it is to receive digests: these cost
     *     reading, and no frame each
     * @param heartbeat interval of heartbeats
     * @param stallTimeout how long a socket may be full
     */
    public record Limits(
            long ringBytes,
            int digestThreshold,
            long maxReplayRecords,
            long maxDigestReplayBytes,
            Duration heartbeat,
            Duration stallTimeout) {}

    /** @param epochMillis the wall clock, by which the intervals of digests end */
    public Fanout(
            Limits limits,
            History history,
            LongSupplier nanoTime,
            LongSupplier epochMillis,
            GatewayMetrics metrics,
            DeliveryTracing traces) {
        this.limits = limits;
        this.history = history;
        this.nanoTime = nanoTime;
        this.epochMillis = epochMillis;
        this.metrics = metrics;
        this.traces = traces;
    }

    /**
     * Returns the author's frames: {@code hello}, what was missed since {@code after}, then a frame for every event. If the stream
     * ends, its sink is closed with a {@link StreamClosedException}.
     *
     * @param after the last position that the client saw; null to start at now
     * @throws StreamRefusedException while the log cannot be read, or this instance is stopping
     * @throws ForeignPositionException if {@code after} names another author's partition
     */
    public FrameStream follow(FollowRequest request, Position after) {
        ActiveLog now = active;
        if (drainEnd != 0) {
            throw StreamRefusedException.draining();
        }
        if (now == null) {
            throw StreamRefusedException.logLost();
        }
        Partition partition = now.readablePartition(request.authorId());
        if (after == null || !after.epoch().equals(now.log().epoch())) {
            return sink -> partition.follow(request, sink);
        }
        if (after.partition() != now.log().partitionOf(request.authorId())) {
            throw new ForeignPositionException();
        }
        if (!now.isComplete(after)) {
            return sink -> partition.follow(request, sink);
        }
        return sink -> {
            if (partition.canResumeFromRing(after)) {
                partition.resume(request, after, sink);
            } else {
                isResumable(partition, request, after).whenComplete((resumable, e) -> {
                    if (e != null) {
                        sink.eventLoop().execute(() -> sink.close(StreamClosedException.replayFailed(e)));
                    } else if (resumable) {
                        partition.resume(request, after, sink);
                    } else {
                        partition.follow(request, sink);
                    }
                });
            }
        };
    }

    /** Returns whether the log has everything after the position, and reading it again is not too expensive. */
    private CompletionStage<Boolean> isResumable(Partition partition, FollowRequest request, Position after) {
        Partition.RingSpan ring = partition.ringSpan();
        long missed = ring.firstOffset() - after.nextOffset();
        if (request.isConflated()
                ? missed > limits.maxDigestReplayBytes() / ring.bytesPerRecord()
                : missed > limits.maxReplayRecords()) {
            return CompletableFuture.completedStage(false);
        }
        return history.bounds(after.partition(), after.nextOffset())
                .thenApply(log -> log.begin() <= after.nextOffset() && after.nextOffset() <= log.end());
    }

    /** @param next by partition: the first offset that will be given to {@link #accept} */
    public void prepare(LikesLog log, Map<Integer, Long> next) {
        history.clearCaches();
        prepared = ActiveLog.of(log, new RingBudget(limits.ringBytes()));
        for (int number = 0; number < log.partitions(); number++) {
            prepared.partitions().add(partition(prepared, number, next.get(number)));
        }
    }

    private Partition partition(ActiveLog owner, int number, long next) {
        PartitionContext.PageSource pages =
                (partition, request, from, end, isWanted) -> history.read(partition, request, from, end, isWanted)
                        .whenComplete((page, e) -> {
                            Throwable cause = e instanceof CompletionException ? e.getCause() : e;
                            if (cause instanceof UndecodableException undecodable) {
                                owner.markIncompleteBefore(partition, undecodable.nextDecodable());
                            }
                        });
        PartitionContext context = new PartitionContext(
                owner.log()::partitionOf,
                owner.ring(),
                limits.digestThreshold(),
                limits.heartbeat().toMillis(),
                pages,
                nanoTime,
                metrics,
                traces);
        return new Partition(owner.log().epoch(), number, next, context);
    }

    /** Ends a partition's connections and refuses new ones until it is restarted. Others go on. */
    public void suspend(int partition) {
        prepared.suspended().add(partition);
        prepared.partitions().get(partition).fail(StreamClosedException.logLost());
        reportPartitions();
    }

    /**
     * Begins anew with a partition that was suspended.
     *
     * @param next the first offset that {@link #accept} will be given for it
     * @param completeFrom a position is not recovered if its next offset is lower, as records since then are missing; 0 if
     *     none are
     */
    public void restart(int partition, long next, long completeFrom) {
        history.clearCaches();
        prepared.markIncompleteBefore(partition, completeFrom);
        prepared.partitions().set(partition, partition(prepared, partition, next));
        prepared.suspended().remove(partition);
        reportPartitions();
    }

    private void reportPartitions() {
        if (active != null) {
            metrics.records()
                    .partitionsFollowed(
                            active.partitions().size() - active.suspended().size());
        }
    }

    /** From here on readers are let in. */
    public void activate() {
        active = prepared;
        reportPartitions();
        hasBeenActive = true;
    }

    /** Aborted and control batches have no records. The next offset of their partition moves all the same. */
    public void accept(ConsumerRecords<byte[], byte[]> polled) {
        metrics.records().consumed(polled.count());
        polled.nextOffsets().forEach((partition, next) -> prepared.partitions()
                .get(partition.partition())
                .accept(polled.records(partition), next.offset()));
    }

    /** Examines every connection. To be called several times a second, by one thread. */
    public void tick() {
        long now = nanoTime.getAsLong();
        boolean isAfterPause =
                lastTick != 0 && now - lastTick > limits.heartbeat().toNanos();
        lastTick = now;
        ActiveLog current = active;
        if (current == null) {
            metrics.logClosed();
            return;
        }
        Tick tick = new Tick(
                now,
                epochMillis.getAsLong(),
                limits.heartbeat().toNanos(),
                limits.stallTimeout().toNanos(),
                turn,
                isAfterPause);
        maxLagByTurn[turn] = current.partitions().stream()
                .mapToLong(partition -> partition.tick(tick))
                .max()
                .orElse(0);
        turn = (turn + 1) % Tick.TURNS;
        metrics.maxLag(Arrays.stream(maxLagByTurn).max().orElse(0));
        metrics.pending(current.partitions().stream()
                .mapToLong(Partition::pendingEvents)
                .sum());
        metrics.records().ringBytes(current.ring().bytes());
        if (drainEnd != 0) {
            List<Connection> connections = new ArrayList<>();
            current.partitions().forEach(partition -> connections.addAll(List.of(partition.connections())));
            closeShare(connections, now);
        }
    }

    /** Closes the share of the connections that leaves none open at the end of the drain. */
    private void closeShare(List<Connection> connections, long now) {
        Collections.shuffle(connections);
        double share =
                drainEnd - now <= 0 ? 1 : Math.min(1, (double) (now - lastDrainStep) / (drainEnd - lastDrainStep));
        lastDrainStep = now;
        connections.stream()
                .limit((long) Math.ceil(connections.size() * share))
                .forEach(connection -> connection.end(StreamClosedException.draining()));
    }

    /** Takes no new connection, and has each tick send some of the others away until none is left. */
    public void drain(long end) {
        metrics.draining();
        lastDrainStep = nanoTime.getAsLong();
        drainEnd = end;
    }

    public int connections() {
        return metrics.connections();
    }

    /** Ends every connection and takes no new one until it is opened again. */
    public void deactivate() {
        ActiveLog last = active;
        active = null;
        if (last != null) {
            last.partitions().forEach(partition -> partition.fail(StreamClosedException.logLost()));
        }
    }

    /** Takes no reader any more, for a reason that does not pass by itself. */
    public void failPermanently(String reason) {
        fatalReason = reason;
        deactivate();
    }

    /** Why this instance no longer reads the log; null while it does or tries to. */
    public String fatalReason() {
        return fatalReason;
    }

    /** Whether readers may be sent here. */
    public boolean isReady() {
        return hasBeenActive && fatalReason == null && drainEnd == 0;
    }
}
