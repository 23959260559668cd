package io.heartline.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** The books: records consumed = followed + unfollowed + unreadable. */
final class GatewayMetrics {

    private final Counter followed;
    private final Counter unfollowed;
    private final Counter unreadable;
    private final AtomicInteger connections = new AtomicInteger();

    GatewayMetrics(MeterRegistry registry) {
        followed = records(registry, "followed");
        unfollowed = records(registry, "unfollowed");
        unreadable = records(registry, "unreadable");
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

    void opened() {
        connections.incrementAndGet();
    }

    void closed() {
        connections.decrementAndGet();
    }

    private static Counter records(MeterRegistry registry, String outcome) {
        return Counter.builder("heartline.gateway.records")
                .description("Records consumed from the topic, by what became of them")
                .tag("outcome", outcome)
                .register(registry);
    }
}
