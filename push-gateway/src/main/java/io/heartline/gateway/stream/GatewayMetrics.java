package io.heartline.gateway.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The gateway's counters, which are consistent. Records: consumed = followed + unfollowed + unreadable. Live events, once their
 * connections have ended: matched = delivered + folded + filtered + abandoned.
 */
public final class GatewayMetrics {

    /** Why a connection ended, besides the reasons of {@link StreamClosedException}: by the reader's wish, or its network's. */
    public static final String LEFT = "left";

    /** By a defect of ours. */
    public static final String ERROR = "error";

    /** What became of an event that a live reader was owed. */
    public enum Outcome {
        /** Sent as a frame of its own. */
        delivered,
        /** Sent in a digest. */
        digested,
        /** Of a post that the reader did not ask for. */
        filtered,
        /** The connection ended first. */
        abandoned
    }

    private static final Duration[] LATENCIES = Stream.of(
                    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final Counter consumed;
    private final Counter followed;
    private final Counter unfollowed;
    private final Counter unreadable;
    private final Counter misplaced;
    private final Counter undecodable;
    private final Counter matched;
    private final Counter replayed;
    private final Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
    private final Counter ignored;
    private final Map<String, Counter> closed = new HashMap<>();
    private final Map<StreamRefusedException.Reason, Counter> refused =
            new EnumMap<>(StreamRefusedException.Reason.class);
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong maxLag = new AtomicLong();
    private final AtomicLong lag = new AtomicLong();
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong ringBytes = new AtomicLong();
    private final AtomicLong unreadBytes = new AtomicLong();
    private final AtomicInteger partitionsFollowed = new AtomicInteger();
    private final AtomicInteger draining = new AtomicInteger();
    private final Timer latency;

    public GatewayMetrics(MeterRegistry registry) {
        consumed = Counter.builder("heartline.gateway.consumed")
                .description("Records that Kafka has delivered, before anything became of them")
                .register(registry);
        followed = records(registry, "followed");
        unfollowed = records(registry, "unfollowed");
        unreadable = records(registry, "unreadable");
        misplaced = Counter.builder("heartline.gateway.misplaced")
                .description("Records in another partition than their key's; also counted as unfollowed")
                .register(registry);
        undecodable = Counter.builder("heartline.gateway.undecodable")
                .description("Offsets that were skipped because their batch could not be decoded")
                .register(registry);
        matched = Counter.builder("heartline.gateway.matched")
                .description("Events owed to live readers, each once per reader")
                .register(registry);
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(
                    outcome,
                    Counter.builder("heartline.gateway.outcomes")
                            .description("Events that were owed to live readers, by what became of them")
                            .tag("outcome", outcome.name())
                            .register(registry));
        }
        replayed = Counter.builder("heartline.gateway.replayed")
                .description("Events sent to readers who came back for them")
                .register(registry);
        ignored = Counter.builder("heartline.gateway.ignored")
                .description("Messages from clients, which are not for anybody")
                .register(registry);
        Stream.concat(
                        Stream.of(LEFT, ERROR),
                        Stream.of(StreamClosedException.Reason.values()).map(Enum::name))
                .forEach(reason -> closed.put(
                        reason,
                        Counter.builder("heartline.gateway.closed")
                                .description("Connections that ended, by why")
                                .tag("reason", reason)
                                .register(registry)));
        for (StreamRefusedException.Reason reason : StreamRefusedException.Reason.values()) {
            refused.put(
                    reason,
                    Counter.builder("heartline.gateway.refused")
                            .description("Requests to read that were refused with 429 or 503, by why")
                            .tag("reason", reason.name())
                            .register(registry));
        }
        Gauge.builder("heartline.gateway.connections", connections, AtomicInteger::get)
                .description("People connected to this instance")
                .register(registry);
        Gauge.builder("heartline.gateway.connection.lag", maxLag, AtomicLong::get)
                .description("Events that the reader furthest behind has not been told of, one by one or in sums")
                .register(registry);
        Gauge.builder("heartline.gateway.pending", pending, AtomicLong::get)
                .description("Events that live readers have not been told of in any way: matched and not settled yet")
                .register(registry);
        Gauge.builder("heartline.gateway.ring", ringBytes, AtomicLong::get)
                .description("Memory that the latest records take, about")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
        Gauge.builder("heartline.gateway.unread", unreadBytes, AtomicLong::get)
                .description("Memory that is taken by what was written to readers and has not left this process")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
        Gauge.builder("heartline.gateway.partitions", partitionsFollowed, AtomicInteger::get)
                .description("Partitions that are followed; 0 while the log cannot be read")
                .register(registry);
        Gauge.builder("heartline.gateway.draining", draining, AtomicInteger::get)
                .description("Whether this instance is sending everybody away: 1, or 0")
                .register(registry);
        Gauge.builder("heartline.gateway.lag", lag, AtomicLong::get)
                .description("Records on the topic that this instance has not read")
                .register(registry);
        latency = Timer.builder("heartline.gateway.latency")
                .description(
                        "From an event's append to the log until it is written to a reader's socket; of each batch of"
                                + " live events, the oldest")
                .serviceLevelObjectives(LATENCIES)
                .register(registry);
    }

    public void consumed(int records) {
        consumed.increment(records);
    }

    public void followed() {
        followed.increment();
    }

    public void unfollowed() {
        unfollowed.increment();
    }

    /** Under a followed author's key, but no event. */
    public void unreadable() {
        unreadable.increment();
    }

    /** A record in another partition than its key's. It belongs to no author's stream, so it counts as unfollowed, too. */
    public void misplaced() {
        misplaced.increment();
        unfollowed.increment();
    }

    /** Counts offsets of batches that cannot be decoded. Whether there was a record at each of them is not known. */
    public void undecodable(long offsets) {
        undecodable.increment(offsets);
    }

    public void matched(int followers) {
        matched.increment(followers);
    }

    public void outcomes(Outcome outcome, long events) {
        outcomes.get(outcome).increment(events);
    }

    public void replayed(long events) {
        replayed.increment(events);
    }

    /** A client said something, which nobody listens to. */
    public void ignored() {
        ignored.increment();
    }

    public void opened() {
        connections.incrementAndGet();
    }

    /** @param reason of {@link StreamClosedException}, {@link #LEFT} or {@link #ERROR} */
    public void closed(String reason) {
        connections.decrementAndGet();
        closed.get(reason).increment();
    }

    public void refused(StreamRefusedException.Reason reason) {
        refused.get(reason).increment();
    }

    /** @param oldestLoggedAt by the broker's clock, which may be ahead of ours */
    public void recordLatency(long oldestLoggedAt) {
        latency.record(Math.max(0, System.currentTimeMillis() - oldestLoggedAt), TimeUnit.MILLISECONDS);
    }

    public void maxLag(long events) {
        maxLag.set(events);
    }

    public void pending(long events) {
        pending.set(events);
    }

    public void ringBytes(long bytes) {
        ringBytes.set(bytes);
    }

    public void unreadBytes(long bytes) {
        unreadBytes.set(bytes);
    }

    public void partitionsFollowed(int partitions) {
        partitionsFollowed.set(partitions);
    }

    /** There is no ring at the moment, and nobody is owed anything. */
    public void logClosed() {
        partitionsFollowed.set(0);
        maxLag.set(0);
        pending.set(0);
        ringBytes.set(0);
    }

    public void draining() {
        draining.set(1);
    }

    public void lag(long records) {
        lag.set(records);
    }

    public long lag() {
        return lag.get();
    }

    public int connections() {
        return connections.get();
    }

    private static Counter records(MeterRegistry registry, String outcome) {
        return Counter.builder("heartline.gateway.records")
                .description("Records consumed from the topic, by what became of them")
                .tag("outcome", outcome)
                .register(registry);
    }
}
