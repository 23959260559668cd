package io.heartline.gateway.stream.fanout;

import io.heartline.events.LikesLog;
import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.ForeignPositionException;
import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.RecordReader;
import io.heartline.gateway.stream.StartPoint;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.gateway.stream.connection.Tick;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of the log that this instance reads now. The log's records and the clients' connections enter here. Several threads
 * read the log, each its own partitions, and another thread ticks. Methods without a named thread may be called by any thread.
 */
public final class Fanout {

    private final Limits limits;
    private final History history;
    private final LongSupplier nanoTime;
    private final LongSupplier epochMillis;
    private final GatewayMetrics metrics;
    private final DeliveryTracing traces;
    // read by the threads that read the log; published as active when clients are accepted
    private volatile ActiveLog prepared;
    private volatile ActiveLog active;
    private volatile boolean hasBeenActive;
    private volatile @Nullable String fatalReason;
    private volatile long drainEnd;
    private long lastDrainStep;
    private long lastTick; // 0 before the first
    private int turn;
    private final long[] maxLagByTurn = new long[Tick.TURNS];

    /**
     * The limits of what clients may use.
     *
     * @param ringBytes the maximum approximate memory for the latest records of all partitions together
     * @param digestThreshold the maximum number of unread events of a client whose socket is full; more are conflated
     * @param maxReplayRecords the maximum number of records outside the ring that a client without digests can replay
     * @param maxDigestReplayBytes the maximum of approximate bytes outside the ring that a client with digests can replay. It is
     *     larger because such a replay reads records, but sends no frame for each
     * @param heartbeat the interval of heartbeats
     * @param stallTimeout the longest time without progress while a socket is full
     */
    public record Limits(
            long ringBytes,
            int digestThreshold,
            long maxReplayRecords,
            long maxDigestReplayBytes,
            Duration heartbeat,
            Duration stallTimeout) {}

    /**
     * Creates a fanout without a log. It refuses clients until {@link #activate}.
     *
     * @param limits the limits of clients
     * @param history reads the records that have left the ring
     * @param nanoTime supplies {@link System#nanoTime()}, or a test's clock
     * @param epochMillis supplies milliseconds since 1970, by which the intervals of digests end
     * @param metrics counts records, events and connections
     * @param traces starts the spans of deliveries
     */
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
     * Returns a stream of the authors' frames: {@code hello} of each author, the events since the start, then live events. If the log
     * no longer contains the events since the start, the stream of the partition starts at the present. If the server ends the
     * stream, its sink is closed with a {@link StreamClosedException}.
     *
     * @param request the authors and the kind of frames
     * @param start the point of the log at which the stream starts
     * @return the stream, which opens a connection when a sink is attached
     * @throws StreamRefusedException if the log cannot be read at the moment, or this instance is stopping
     * @throws ForeignPositionException if a position is of a partition that has none of the authors
     */
    public LikeStream follow(FollowRequest request, StartPoint start) {
        ActiveLog now = active;
        if (drainEnd != 0) {
            throw StreamRefusedException.draining();
        }
        if (now == null) {
            throw StreamRefusedException.logLost();
        }
        now.check(request.authors(), start);
        return new LikeStream(now, request, start);
    }

    /**
     * Creates a log whose partitions are all suspended. Clients have no access before {@link #activate}. No thread may read another
     * log any more.
     *
     * @param log the log that is read from now on
     */
    public void prepare(LikesLog log) {
        history.clearCaches();
        ActiveLog created = new ActiveLog(log, history, limits, new Connections(nanoTime, limits.heartbeat(), metrics));
        for (int number = 0; number < log.partitions(); number++) {
            created.partitions().add(partition(created, number, 0));
            created.suspend(number);
        }
        prepared = created;
    }

    private Partition partition(ActiveLog owner, int number, long next) {
        PartitionContext context = new PartitionContext(
                owner.log()::partitionOf, owner.ring(), limits.digestThreshold(), owner.pages(), metrics, traces);
        return new Partition(owner.log().epoch(), number, next, context);
    }

    /**
     * Ends a partition's connections, and refuses new connections to it until {@link #resume}. Other partitions continue. Called by the
     * thread that reads the partition.
     *
     * @param partition number of the partition
     */
    public void suspend(int partition) {
        prepared.suspend(partition);
        prepared.partitions().get(partition).fail(StreamClosedException.logLost());
        reportPartitions();
    }

    /**
     * Replaces a suspended partition by an empty one, whose clients are still refused. Called by the thread that reads the partition.
     *
     * @param partition number of the partition
     * @param next the first offset that {@link #accept} will receive for it
     * @param completeFrom a client cannot resume if its next offset is lower, because later records are missing; 0 if no record
     *     is missing
     */
    public void replace(int partition, long next, long completeFrom) {
        history.clearCaches();
        prepared.markIncompleteBefore(partition, completeFrom);
        Partition empty = partition(prepared, partition, next);
        empty.fail(StreamClosedException.logLost());
        prepared.replace(partition, empty);
    }

    /**
     * Accepts clients of a suspended partition again. Called by the thread that reads the partition.
     *
     * @param partition number of the partition
     */
    public void resume(int partition) {
        prepared.partitions().get(partition).reopen();
        prepared.resume(partition);
        reportPartitions();
    }

    /** Synchronized, because otherwise a thread could report a number that another one has changed. */
    private synchronized void reportPartitions() {
        ActiveLog current = active;
        if (current != null) {
            metrics.records()
                    .partitionsFollowed(
                            current.partitions().size() - current.suspended().size());
        }
    }

    /** {@return the numbers of the partitions whose clients are refused, in ascending order; none while no log is read} */
    public List<Integer> suspendedPartitions() {
        ActiveLog current = active;
        return current == null ? List.of() : current.suspended();
    }

    /** Accepts clients from now on. Called after {@link #prepare}. */
    public void activate() {
        active = prepared;
        reportPartitions();
        hasBeenActive = true;
    }

    /**
     * Adds records to a ring, and wakes the connections that follow their authors. Called by the thread that reads the
     * partition.
     *
     * @param <R> the class of records
     * @param partition number of the partition
     * @param records the records, in order of offset. Aborted and control batches have none, but increase the next offset
     * @param reader reads the fields of a record
     * @param next the first offset after these records
     */
    public <R> void accept(int partition, List<R> records, RecordReader<R> reader, long next) {
        metrics.records().consumed(records.size());
        prepared.partitions().get(partition).accept(records, reader, next);
    }

    /** Examines the connections that are due, and sets the metrics. Called four times a second, by the thread that ticks. */
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
        maxLagByTurn[turn] = current.tick(tick);
        turn = (turn + 1) % Tick.TURNS;
        metrics.maxLag(Arrays.stream(maxLagByTurn).max().orElse(0));
        metrics.pending(current.pendingEvents());
        reportPartitions();
        metrics.records().ringBytes(current.ring().bytes());
        if (drainEnd != 0) {
            double share =
                    drainEnd - now <= 0 ? 1 : Math.min(1, (double) (now - lastDrainStep) / (drainEnd - lastDrainStep));
            lastDrainStep = now;
            current.connections().drain(share); // leaves no connection open at the end of the period
        }
    }

    /**
     * Refuses new connections. Each later tick closes a share of the connections until none is left.
     *
     * @param end the end of the period, in nanoseconds by the clock of this fanout
     */
    public void drain(long end) {
        metrics.draining();
        lastDrainStep = nanoTime.getAsLong();
        drainEnd = end;
    }

    /** {@return the number of connections to this instance} */
    public int connections() {
        return metrics.connections();
    }

    /** Ends all connections, and refuses new connections until {@link #activate}. */
    public void deactivate() {
        ActiveLog last = active;
        active = null;
        if (last != null) {
            last.fail(StreamClosedException.logLost());
        }
    }

    /**
     * Ends all connections, and refuses new connections until this process is restarted.
     *
     * @param reason the reason, which a retry cannot remove, for the health endpoint
     */
    public void failPermanently(String reason) {
        fatalReason = reason;
        deactivate();
    }

    /** {@return the reason why this instance no longer reads the log; null while it reads or retries} */
    public @Nullable String fatalReason() {
        return fatalReason;
    }

    /** {@return whether clients may be sent here: after the first {@link #activate}, unless it drains or has failed} */
    public boolean isReady() {
        return hasBeenActive && fatalReason == null && drainEnd == 0;
    }
}
