package io.heartline.gateway;

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
final class GatewayMetrics {

    /** Why a connection ended, besides the reasons of {@link BrokenStreamException}: by the reader's wish, or its network's. */
    static final String LEFT = "left";

    /** By a defect of ours. */
    static final String ERROR = "error";

    /** What became of an event that a live reader was owed. */
    enum Outcome {
        /** Sent as a frame of its own. */
        delivered,
        /** Sent in a digest. */
        folded,
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
    private final Map<Outcome, Counter> settled = new EnumMap<>(Outcome.class);
    private final Counter ignored;
    private final Map<String, Counter> closed = new HashMap<>();
    private final Map<RefusedException.Reason, Counter> refused = new EnumMap<>(RefusedException.Reason.class);
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong furthestBehind = new AtomicLong();
    private final AtomicLong lag = new AtomicLong();
    private final AtomicLong owed = new AtomicLong();
    private final AtomicLong ringBytes = new AtomicLong();
    private final AtomicLong unreadBytes = new AtomicLong();
    private final AtomicInteger following = new AtomicInteger();
    private final AtomicInteger draining = new AtomicInteger();
    private final Timer latency;

    GatewayMetrics(MeterRegistry registry) {
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
            settled.put(
                    outcome,
                    Counter.builder("heartline.gateway.settled")
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
                        Stream.of(BrokenStreamException.Reason.values()).map(Enum::name))
                .forEach(reason -> closed.put(
                        reason,
                        Counter.builder("heartline.gateway.closed")
                                .description("Connections that ended, by why")
                                .tag("reason", reason)
                                .register(registry)));
        for (RefusedException.Reason reason : RefusedException.Reason.values()) {
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
        Gauge.builder("heartline.gateway.distance", furthestBehind, AtomicLong::get)
                .description("Events that the reader furthest behind has not been told of, one by one or in sums")
                .register(registry);
        Gauge.builder("heartline.gateway.owed", owed, AtomicLong::get)
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
        Gauge.builder("heartline.gateway.partitions", following, AtomicInteger::get)
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

    void consumed(int records) {
        consumed.increment(records);
    }

    void followed() {
        followed.increment();
    }

    void unfollowed() {
        unfollowed.increment();
    }

    /** Under a followed author's key, but no event. */
    void unreadable() {
        unreadable.increment();
    }

    /** A record in another partition than its key's. It belongs to no author's stream, so it counts as unfollowed, too. */
    void misplaced() {
        misplaced.increment();
        unfollowed.increment();
    }

    /** Counts offsets of batches that cannot be decoded. Whether there was a record at each of them is not known. */
    void undecodable(long offsets) {
        undecodable.increment(offsets);
    }

    void matched(int followers) {
        matched.increment(followers);
    }

    void settled(Outcome outcome, long events) {
        settled.get(outcome).increment(events);
    }

    void replayed(long events) {
        replayed.increment(events);
    }

    /** A client said something, which nobody listens to. */
    void ignored() {
        ignored.increment();
    }

    void opened() {
        connections.incrementAndGet();
    }

    /** @param reason of {@link BrokenStreamException}, {@link #LEFT} or {@link #ERROR} */
    void closed(String reason) {
        connections.decrementAndGet();
        closed.get(reason).increment();
    }

    void refused(RefusedException.Reason reason) {
        refused.get(reason).increment();
    }

    /** @param oldestLoggedAt by the broker's clock, which may be ahead of ours */
    void flushed(long oldestLoggedAt) {
        latency.record(Math.max(0, System.currentTimeMillis() - oldestLoggedAt), TimeUnit.MILLISECONDS);
    }

    void furthestBehind(long events) {
        furthestBehind.set(events);
    }

    void owed(long events) {
        owed.set(events);
    }

    void ringBytes(long bytes) {
        ringBytes.set(bytes);
    }

    void unreadBytes(long bytes) {
        unreadBytes.set(bytes);
    }

    void following(int partitions) {
        following.set(partitions);
    }

    /** There is no ring at the moment, and nobody is owed anything. */
    void followsNothing() {
        following.set(0);
        furthestBehind.set(0);
        owed.set(0);
        ringBytes.set(0);
    }

    void draining() {
        draining.set(1);
    }

    void lag(long records) {
        lag.set(records);
    }

    long lag() {
        return lag.get();
    }

    int connections() {
        return connections.get();
    }

    private static Counter records(MeterRegistry registry, String outcome) {
        return Counter.builder("heartline.gateway.records")
                .description("Records consumed from the topic, by what became of them")
                .tag("outcome", outcome)
                .register(registry);
    }
}
