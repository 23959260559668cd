package io.heartline.gateway.stream.fanout;

import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.Position;
import io.heartline.events.Unliked;
import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.connection.Tick;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A partition whose log is a list, with a clock that a test advances. */
public final class FakePartitionLog {

    /** The epoch of the log. */
    public static final String EPOCH = "k3f9";
    /** The number of the partition. */
    public static final int PARTITION = 3;
    /** The records of authors whose names begin with this prefix belong to another partition. */
    static final String OTHER_PARTITION_PREFIX = "elsewhere";

    private static final int PAGE = 5;

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final List<FakeRecord> records = new ArrayList<>();
    /** The partition, with an empty ring at first. */
    public final Partition partition;

    private final Connections connections;

    /** Runs after a page was read from the log, and before its connection receives it. */
    public Runnable beforePageDelivered = () -> {};

    Runnable onTimeRead = () -> {};

    long now = 1;
    int pagesRead;

    /**
     * Creates an empty log.
     *
     * @param ringBytes the memory of the ring; a like needs about 400 bytes
     * @param digestThreshold the maximum number of unread events of a client whose socket is full
     */
    public FakePartitionLog(long ringBytes, int digestThreshold) {
        this(new RingBudget(ringBytes), digestThreshold);
    }

    FakePartitionLog(RingBudget ring, int digestThreshold) {
        GatewayMetrics metrics = new GatewayMetrics(registry);
        PartitionContext context = new PartitionContext(
                key -> new String(key, StandardCharsets.UTF_8).startsWith(OTHER_PARTITION_PREFIX)
                        ? PARTITION + 1
                        : PARTITION,
                ring,
                digestThreshold,
                this::page,
                metrics,
                new DeliveryTracing(Tracer.NOOP, Propagator.NOOP, "likes"));
        partition = new Partition(EPOCH, PARTITION, 0, context);
        connections = new Connections(this::readTime, Duration.ofSeconds(20), metrics);
    }

    private long readTime() {
        onTimeRead.run();
        return now;
    }

    private CompletionStage<History.Page> page(History.Request request) {
        pagesRead++;
        long end = request.end().getAsLong();
        List<LogEntry> entries = new ArrayList<>();
        long next = request.from();
        while (next < end && entries.size() < PAGE) {
            FakeRecord record = records.get((int) next++);
            if (record.key() != null && request.authors().contains(LogEntry.keyAsText(record.key()))) {
                entries.add(new LogEntry(
                        LogEntry.keyAsText(record.key()), record.offset(), record.loggedAt(), record.value()));
            }
        }
        beforePageDelivered.run();
        return CompletableFuture.completedStage(new History.Page(entries, next));
    }

    void like(String author, String post) {
        String id = "e-" + records.size();
        append(author, new String(LikeEventJson.encode(new Liked(id, post, author, "bob", Instant.EPOCH))));
    }

    /**
     * Appends a like of post {@code p-1}.
     *
     * @param author the author of the post
     */
    public void like(String author) {
        like(author, "p-1");
    }

    void unlike(String author) {
        String id = "e-" + records.size();
        append(author, new String(LikeEventJson.encode(new Unliked(id, "p-1", author, "bob", Instant.EPOCH))));
    }

    /**
     * Appends a record.
     *
     * @param key the key; null for none
     * @param value the value
     */
    public void append(String key, String value) {
        FakeRecord record = new FakeRecord(
                records.size(),
                now / 1_000_000,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8));
        records.add(record);
        partition.accept(List.of(record), FakeRecord.READER, records.size());
    }

    /**
     * Advances the clock, then examines all connections.
     *
     * @param after the time since the last tick
     */
    public void tick(Duration after) {
        tick(after, false);
    }

    void tick(Duration after, boolean isAfterPause) {
        now += after.toNanos();
        for (int turn = 0; turn < Tick.TURNS; turn++) {
            Tick tick = new Tick(
                    now,
                    now / 1_000_000,
                    Duration.ofSeconds(20).toNanos(),
                    Duration.ofSeconds(30).toNanos(),
                    turn,
                    isAfterPause);
            partition.tick(tick);
            connections.tick(tick);
        }
    }

    double count(String meter, String outcome) {
        return registry.get("heartline.gateway." + meter)
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    double count(String meter) {
        return registry.get("heartline.gateway." + meter).counter().count();
    }

    /**
     * Returns the number of connections that ended.
     *
     * @param reason the reason as in metrics
     * @return the number
     */
    public double closed(String reason) {
        return registry.get("heartline.gateway.closed")
                .tag("reason", reason)
                .counter()
                .count();
    }

    /**
     * Returns the number of open connections.
     *
     * @return the number
     */
    public double connections() {
        double connections =
                registry.get("heartline.gateway.connections").gauge().value();
        Reference.reachabilityFence(this); // the gauge does not keep the metrics of the partition reachable
        return connections;
    }

    /**
     * Opens a connection at the present.
     *
     * @param request authors of this partition
     * @param sink receives the frames
     */
    public void follow(FollowRequest request, FrameSink sink) {
        open(request, null, sink);
    }

    /**
     * Opens a connection after a position.
     *
     * @param request authors of this partition
     * @param after the position
     * @param sink receives the frames
     */
    public void resume(FollowRequest request, Position after, FrameSink sink) {
        open(request, after, sink);
    }

    private void open(FollowRequest request, Position after, FrameSink sink) {
        ActiveLog.Start start = new ActiveLog.Start(partition, request.authors(), after);
        LikeStream.open(request, List.of(start), sink, connections);
    }

    DemandReader follow(FollowRequest request) {
        return follow(request, Long.MAX_VALUE);
    }

    /** @param atFirst how many frames the reader accepts until it asks for more */
    DemandReader follow(FollowRequest request, long atFirst) {
        DemandReader reader = new DemandReader(atFirst);
        follow(request, reader);
        return reader;
    }

    /** @param after an offset, inclusive */
    DemandReader resume(FollowRequest request, long after) {
        DemandReader reader = DemandReader.unbounded();
        resume(request, new Position(EPOCH, PARTITION, after), reader);
        return reader;
    }
}
