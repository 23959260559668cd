package io.heartline.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

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

    GatewayMetrics(MeterRegistry registry) {
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

    void closed() {
        connections.decrementAndGet();
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
