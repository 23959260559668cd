package io.heartline.gateway;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/** From the log to whoever follows: knows every partition of the one log that is being read. */
final class Fanout {

    private final Limits limits;
    private final LogReader reader;
    private final LongSupplier nanoTime;
    private final LongSupplier epochMillis;
    private final GatewayMetrics metrics;
    private final Traces traces;
    // of the thread that reads the log; live once readers are let in
    private Live prepared;
    private volatile Live live;
    private volatile boolean hasBeenLive;
    private volatile String hasGivenUp;
    private volatile long drainEnd;
    private long lastSentAway;
    private long lastTick; // 0 before the first
    private int turn;
    private final long[] furthest = new long[Tick.TURNS];

    /**
     * The limits of what clients may use.
     *
     * @param ringBytes approximate memory for the latest records of all partitions together
     * @param maxUnread events that a client whose socket is full may have to read before they are conflated
     * @param replayRecords how many records of its partition a client may be behind when it resumes, if it is to receive
     *     each event
     * @param digestReplayBytes how many bytes of its partition, approximately, if it is to receive digests: these cost
     *     reading, and no frame each
     * @param heartbeat interval of heartbeats
     * @param stall how long a socket may be full
     */
    record Limits(
            long ringBytes,
            int maxUnread,
            long replayRecords,
            long digestReplayBytes,
            Duration heartbeat,
            Duration stall) {}

    /**
     * @param suspended partitions that cannot be read at the moment
     * @param completeFrom by partition: between a position whose next offset is lower and this offset, records are missing
     * @param ring the memory that the partitions share
     */
    private record Live(
            LikesLog log,
            List<Partition> partitions,
            Set<Integer> suspended,
            AtomicLongArray completeFrom,
            RingBudget ring) {

        /** @throws RefusedException while its partition cannot be read */
        Partition of(String authorId) {
            int number = log.partitionOf(authorId);
            if (suspended.contains(number)) {
                throw RefusedException.logLost();
            }
            return partitions.get(number);
        }

        boolean isComplete(Position after) {
            return after.next() >= completeFrom.get(after.partition());
        }

        void incompleteBefore(int partition, long offset) {
            completeFrom.accumulateAndGet(partition, offset, Math::max);
        }
    }

    /** @param epochMillis the wall clock, by which the intervals of digests end */
    Fanout(
            Limits limits,
            LogReader reader,
            LongSupplier nanoTime,
            LongSupplier epochMillis,
            GatewayMetrics metrics,
            Traces traces) {
        this.limits = limits;
        this.reader = reader;
        this.nanoTime = nanoTime;
        this.epochMillis = epochMillis;
        this.metrics = metrics;
        this.traces = traces;
    }

    /**
     * Returns the author's frames: {@code hello}, what was missed since {@code after}, then a frame for every event. Fails later
     * with {@link BrokenStreamException}.
     *
     * @param after the last position that the client saw; null to start at now
     * @throws RefusedException while the log cannot be read, or this instance is stopping
     * @throws InvalidParameterException if {@code after} names another author's partition
     */
    Flux<Frame> follow(Following following, Position after) {
        Live now = live;
        if (drainEnd != 0) {
            throw RefusedException.draining();
        }
        if (now == null) {
            throw RefusedException.logLost();
        }
        Partition partition = now.of(following.authorId());
        if (after == null || !after.epoch().equals(now.log().epoch())) {
            return Flux.from(socket -> partition.follow(following, socket));
        }
        if (after.partition() != now.log().partitionOf(following.authorId())) {
            throw new InvalidParameterException("after", "must be a position of this author's own stream");
        }
        if (!now.isComplete(after)) {
            return Flux.from(socket -> partition.follow(following, socket));
        }
        // no operator between the partition and the socket, which is to be told on its own thread
        return Flux.from(socket -> {
            if (partition.reaches(after)) {
                partition.resume(following, after, socket);
            } else {
                isInTheLog(partition, following, after).whenComplete((whole, e) -> {
                    if (e != null) {
                        Socket.executorOf(socket)
                                .execute(() -> Operators.error(socket, BrokenStreamException.replayBroke(e)));
                    } else if (whole) {
                        partition.resume(following, after, socket);
                    } else {
                        partition.follow(following, socket);
                    }
                });
            }
        });
    }

    /** Returns whether the log has everything after the position, and reading it again is not too expensive. */
    private CompletionStage<Boolean> isInTheLog(Partition partition, Following following, Position after) {
        Partition.Span ring = partition.span();
        long missed = ring.first() - after.next();
        if (following.isConflated()
                ? missed > limits.digestReplayBytes() / ring.bytesPerRecord()
                : missed > limits.replayRecords()) {
            return CompletableFuture.completedStage(false);
        }
        return reader.bounds(after.partition(), after.next())
                .thenApply(log -> log.begin() <= after.next() && after.next() <= log.end());
    }

    /** @param next by partition: the first offset that will be given to {@link #accept} */
    void prepare(LikesLog log, Map<Integer, Long> next) {
        reader.forget();
        List<Partition> partitions = new CopyOnWriteArrayList<>();
        prepared = new Live(
                log,
                partitions,
                ConcurrentHashMap.newKeySet(),
                new AtomicLongArray(log.partitions()),
                new RingBudget(limits.ringBytes()));
        for (int number = 0; number < log.partitions(); number++) {
            partitions.add(partition(prepared, number, next.get(number)));
        }
    }

    private Partition partition(Live of, int number, long next) {
        Partition.Pages pages =
                (partition, following, from, end, isWanted) -> reader.read(partition, following, from, end, isWanted)
                        .whenComplete((page, e) -> {
                            Throwable cause = e instanceof CompletionException ? e.getCause() : e;
                            if (cause instanceof UndecodableException undecodable) {
                                of.incompleteBefore(partition, undecodable.next());
                            }
                        });
        Partition.Context context = new Partition.Context(
                of.log()::partitionOf,
                of.ring(),
                limits.maxUnread(),
                limits.heartbeat().toMillis(),
                pages,
                nanoTime,
                metrics,
                traces);
        return new Partition(of.log().epoch(), number, next, context);
    }

    /** Ends a partition's connections and refuses new ones until it is restarted. Others go on. */
    void suspend(int partition) {
        prepared.suspended().add(partition);
        prepared.partitions().get(partition).fail(BrokenStreamException.logLost());
        countFollowed();
    }

    /**
     * Begins anew with a partition that was suspended.
     *
     * @param next the first offset that {@link #accept} will be given for it
     * @param completeFrom a position is not recovered if its next offset is lower, as records since then are missing; 0 if
     *     none are
     */
    void restart(int partition, long next, long completeFrom) {
        reader.forget();
        prepared.incompleteBefore(partition, completeFrom);
        prepared.partitions().set(partition, partition(prepared, partition, next));
        prepared.suspended().remove(partition);
        countFollowed();
    }

    private void countFollowed() {
        if (live != null) {
            metrics.following(live.partitions().size() - live.suspended().size());
        }
    }

    /** From here on readers are let in. */
    void open() {
        live = prepared;
        countFollowed();
        hasBeenLive = true;
    }

    /** Aborted and control batches have no records. The next offset of their partition moves all the same. */
    void accept(ConsumerRecords<byte[], byte[]> polled) {
        metrics.consumed(polled.count());
        polled.nextOffsets().forEach((partition, next) -> prepared.partitions()
                .get(partition.partition())
                .accept(polled.records(partition), next.offset()));
    }

    /** Examines every connection. To be called several times a second, by one thread. */
    void tick() {
        long now = nanoTime.getAsLong();
        boolean isAfterPause =
                lastTick != 0 && now - lastTick > limits.heartbeat().toNanos();
        lastTick = now;
        Live following = live;
        if (following == null) {
            metrics.followsNothing();
            return;
        }
        Tick tick = new Tick(
                now,
                epochMillis.getAsLong(),
                limits.heartbeat().toNanos(),
                limits.stall().toNanos(),
                turn,
                isAfterPause);
        furthest[turn] = following.partitions().stream()
                .mapToLong(partition -> partition.tick(tick))
                .max()
                .orElse(0);
        turn = (turn + 1) % Tick.TURNS;
        metrics.furthestBehind(Arrays.stream(furthest).max().orElse(0));
        metrics.owed(following.partitions().stream().mapToLong(Partition::owed).sum());
        metrics.ringBytes(following.ring().bytes());
        if (drainEnd != 0) {
            List<Connection> connections = new ArrayList<>();
            following.partitions().forEach(partition -> connections.addAll(List.of(partition.connections())));
            sendAway(connections, now);
        }
    }

    /** Closes the share of the connections that leaves none open at the end of the drain. */
    private void sendAway(List<Connection> connections, long now) {
        Collections.shuffle(connections);
        double part = drainEnd - now <= 0 ? 1 : Math.min(1, (double) (now - lastSentAway) / (drainEnd - lastSentAway));
        lastSentAway = now;
        connections.stream()
                .limit((long) Math.ceil(connections.size() * part))
                .forEach(connection -> connection.fail(BrokenStreamException.draining()));
    }

    /** Takes no new connection, and has each tick send some of the others away until none is left. */
    void drain(long end) {
        metrics.draining();
        lastSentAway = nanoTime.getAsLong();
        drainEnd = end;
    }

    int connections() {
        return metrics.connections();
    }

    /** Ends every connection and takes no new one until it is opened again. */
    void close() {
        Live last = live;
        live = null;
        if (last != null) {
            last.partitions().forEach(partition -> partition.fail(BrokenStreamException.logLost()));
        }
    }

    /** Takes no reader any more, for a reason that does not pass by itself. */
    void giveUp(String why) {
        hasGivenUp = why;
        close();
    }

    /** Why this instance no longer reads the log; null while it does or tries to. */
    String hasGivenUp() {
        return hasGivenUp;
    }

    /** Whether readers may be sent here. */
    boolean isReady() {
        return hasBeenLive && hasGivenUp == null && drainEnd == 0;
    }
}
