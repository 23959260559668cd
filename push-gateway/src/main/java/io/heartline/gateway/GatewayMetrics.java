package io.heartline.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The books. Records: consumed = followed + unfollowed + unreadable. What live readers were owed: matched = delivered +
 * folded + filtered + abandoned, once they have left.
 */
final class GatewayMetrics {

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

    private final Counter followed;
    private final Counter unfollowed;
    private final Counter unreadable;
    private final Counter matched;
    private final Counter replayed;
    private final Map<Outcome, Counter> settled = new EnumMap<>(Outcome.class);
    private final Counter ignored;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong furthestBehind = new AtomicLong();
    private final AtomicLong lag = new AtomicLong();
    private final MeterRegistry registry;
    private final Timer latency;

    GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
        followed = records(registry, "followed");
        unfollowed = records(registry, "unfollowed");
        unreadable = records(registry, "unreadable");
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
        Gauge.builder("heartline.gateway.connections", connections, AtomicInteger::get)
                .description("People connected to this instance")
                .register(registry);
        Gauge.builder("heartline.gateway.distance", furthestBehind, AtomicLong::get)
                .description("Events that the reader furthest behind has not been told of, one by one or in sums")
                .register(registry);
        Gauge.builder("heartline.gateway.lag", lag, AtomicLong::get)
                .description("Records on the topic that this instance has not read")
                .register(registry);
        latency = Timer.builder("heartline.gateway.latency")
                .description(
                        "From an event's append to the log until it is written to a reader's socket; of each batch of"
                                + " live events, the oldest")
                .serviceLevelObjectives(
                        Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000)
                                .map(Duration::ofMillis)
                                .toArray(Duration[]::new))
                .register(registry);
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

    void matched() {
        matched.increment();
    }

    void settled(Outcome outcome, long events) {
        settled.get(outcome).increment(events);
    }

    void replayed() {
        replayed.increment();
    }

    /** A client said something, which nobody listens to. */
    void ignored() {
        ignored.increment();
    }

    void opened() {
        connections.incrementAndGet();
    }

    /** @param reason of {@link BrokenStreamException}, or that the reader left */
    void closed(String reason) {
        connections.decrementAndGet();
        Counter.builder("heartline.gateway.closed")
                .description("Connections that ended, by why")
                .tag("reason", reason)
                .register(registry)
                .increment();
    }

    /** @param oldestLoggedAt by the broker's clock, which may be ahead of ours */
    void flushed(long oldestLoggedAt) {
        latency.record(Math.max(0, System.currentTimeMillis() - oldestLoggedAt), TimeUnit.MILLISECONDS);
    }

    void furthestBehind(long events) {
        furthestBehind.set(events);
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
