package io.heartline.gateway;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/** From the log to whoever follows: knows every partition of the one log that is being read. */
final class Fanout {

    private final Limits limits;
    private final LogReader reader;
    private final LongSupplier nanoTime;
    private final GatewayMetrics metrics;
    private final Traces traces;
    // of the thread that reads the log; live once readers are let in
    private Live prepared;
    private volatile Live live;
    private volatile boolean hasBeenLive;
    private volatile String hasGivenUp;
    private volatile long drainEnd;
    private long lastSentAway;

    /**
     * What readers may take.
     *
     * @param ringBytes of memory, about, for the latest records of all partitions together
     * @param replayRecords how far back a reader may resume beyond the ring
     */
    record Limits(long ringBytes, int foldBehind, long replayRecords, Duration heartbeat, Duration stall) {}

    private record Live(LikesLog log, List<Partition> partitions) {

        Partition of(String authorId) {
            return partitions.get(log.partitionOf(authorId));
        }
    }

    Fanout(Limits limits, LogReader reader, LongSupplier nanoTime, GatewayMetrics metrics, Traces traces) {
        this.limits = limits;
        this.reader = reader;
        this.nanoTime = nanoTime;
        this.metrics = metrics;
        this.traces = traces;
    }

    /**
     * The author's frames: {@code hello}, what was missed since {@code after}, one {@link Frame.Kind#caughtUp}, then a frame
     * for every event. Fails later with {@link BrokenStreamException}.
     *
     * @param after the last position the reader saw, or null to start at now
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

    /** Whether everything behind the position can be told. That Kafka does not say so in time is no reason to lose it. */
    private CompletionStage<Boolean> isInTheLog(Partition partition, Following following, Position after) {
        if (partition.span()[0] - after.next() > limits.replayRecords()) {
            return CompletableFuture.completedStage(false);
        }
        return reader.bounds(after.partition(), following.caller().name())
                .thenApply(log -> log.begin() <= after.next() && after.next() <= log.end());
    }

    /** @param next by partition: the first offset that will be given to {@link #accept} */
    void prepare(LikesLog log, Map<Integer, Long> next) {
        List<Partition> partitions = new ArrayList<>();
        Partition.Limits share = new Partition.Limits(limits.ringBytes() / log.partitions(), limits.foldBehind());
        for (int number = 0; number < log.partitions(); number++) {
            partitions.add(new Partition(
                    log.epoch(), number, next.get(number), share, reader::read, nanoTime, metrics, traces));
        }
        prepared = new Live(log, partitions);
    }

    /** From here on readers are let in. */
    void open() {
        live = prepared;
        metrics.following(live.partitions().size());
        hasBeenLive = true;
    }

    void accept(ConsumerRecords<byte[], byte[]> polled) {
        metrics.consumed(polled.count());
        for (TopicPartition partition : polled.partitions()) {
            prepared.partitions()
                    .get(partition.partition())
                    .accept(
                            polled.records(partition),
                            polled.nextOffsets().get(partition).offset());
        }
    }

    /** Heartbeats, digests that are due, readers that do not read: to be called several times a second. */
    void tick() {
        Live now = live;
        if (now == null) {
            metrics.followsNothing();
            return;
        }
        long time = nanoTime.getAsLong();
        List<Connection> connections = new ArrayList<>();
        now.partitions().forEach(partition -> connections.addAll(List.of(partition.connections())));
        long furthest = 0;
        for (Connection connection : connections) {
            furthest = Math.max(
                    furthest,
                    connection.tick(
                            time, limits.heartbeat().toNanos(), limits.stall().toNanos()));
        }
        metrics.furthestBehind(furthest);
        metrics.owed(now.partitions().stream().mapToLong(Partition::owed).sum());
        metrics.ringBytes(
                now.partitions().stream().mapToLong(Partition::ringBytes).sum());
        if (drainEnd != 0) {
            sendAway(connections, time);
        }
    }

    /** So many that, going on like this, nobody is left at the end. */
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
