package io.heartline.gateway.stream.metrics;

import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.StreamRefusedException;
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
import org.jspecify.annotations.Nullable;

/**
 * The gateway's metrics of connections and their events, and by {@link #records()} those of records. One balance of live events
 * holds after their connections have ended: matched = delivered + digested + filtered + abandoned. Thread-safe.
 */
public final class GatewayMetrics {

    /** The reason of a connection that the client or its network has closed. {@link StreamClosedException} has the other reasons. */
    public static final String LEFT = "left";

    /** The reason of a connection that ended by an internal error. */
    public static final String ERROR = "error";

    /** The outcome of an event for one live connection. */
    public enum Outcome {
        /** The event was sent as a frame of its own. */
        delivered,
        /** The event was sent in a digest. */
        digested,
        /** The event is of a post that the client did not ask for. */
        filtered,
        /** The connection ended before the event was sent. */
        abandoned
    }

    private static final Duration[] LATENCIES = Stream.of(
                    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final RecordMetrics records;
    private final Counter matched;
    private final Counter replayed;
    private final Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
    private final Counter ignored;
    private final Map<String, Counter> closed = new HashMap<>();
    private final Map<StreamRefusedException.Reason, Counter> refused =
            new EnumMap<>(StreamRefusedException.Reason.class);
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong maxLag = new AtomicLong();
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong unreadBytes = new AtomicLong();
    private final AtomicInteger draining = new AtomicInteger();
    private final Timer latency;

    /**
     * Registers all metrics.
     *
     * @param registry the registry of the application
     */
    public GatewayMetrics(MeterRegistry registry) {
        records = new RecordMetrics(registry);
        matched = Counter.builder("heartline.gateway.matched")
                .description("Events for live connections, each once per connection")
                .register(registry);
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(
                    outcome,
                    Counter.builder("heartline.gateway.outcomes")
                            .description("Events for live connections by outcome")
                            .tag("outcome", outcome.name())
                            .register(registry));
        }
        replayed = Counter.builder("heartline.gateway.replayed")
                .description("Events that were replayed to clients, alone or in a digest")
                .register(registry);
        ignored = Counter.builder("heartline.gateway.ignored")
                .description("Messages from clients, which the gateway ignores")
                .register(registry);
        Stream.concat(
                        Stream.of(LEFT, ERROR),
                        Stream.of(StreamClosedException.Reason.values()).map(Enum::name))
                .forEach(reason -> closed.put(
                        reason,
                        Counter.builder("heartline.gateway.closed")
                                .description("Connections that ended, by reason")
                                .tag("reason", reason)
                                .register(registry)));
        for (StreamRefusedException.Reason reason : StreamRefusedException.Reason.values()) {
            refused.put(
                    reason,
                    Counter.builder("heartline.gateway.refused")
                            .description("Requests for likes that were refused with 429 or 503, by reason")
                            .tag("reason", reason.name())
                            .register(registry));
        }
        Gauge.builder("heartline.gateway.connections", connections, AtomicInteger::get)
                .description("Connections to this instance")
                .register(registry);
        Gauge.builder("heartline.gateway.connection.lag", maxLag, AtomicLong::get)
                .description("Largest lag of a connection: events that were not sent to it, alone or in a digest")
                .register(registry);
        Gauge.builder("heartline.gateway.pending", pending, AtomicLong::get)
                .description("Events for live connections that have no outcome yet")
                .register(registry);
        Gauge.builder("heartline.gateway.unread", unreadBytes, AtomicLong::get)
                .description("Memory of bytes that were written to channels and have not left this process")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
        Gauge.builder("heartline.gateway.draining", draining, AtomicInteger::get)
                .description("1 while this instance closes all connections, otherwise 0")
                .register(registry);
        latency = Timer.builder("heartline.gateway.latency")
                .description(
                        "Time from an event's append to the log until the write to a client's socket; of each batch of"
                                + " live events, the oldest")
                .serviceLevelObjectives(LATENCIES)
                .register(registry);
    }

    /**
     * Returns the metrics of records, partitions and rings.
     *
     * @return the same object for each call
     */
    public RecordMetrics records() {
        return records;
    }

    /**
     * Counts an event for live connections.
     *
     * @param followers the number of connections that follow its author
     */
    public void matched(int followers) {
        matched.increment(followers);
    }

    /**
     * Counts events of one live connection by outcome.
     *
     * @param outcome the outcome of all these events
     * @param events their number
     */
    public void outcomes(Outcome outcome, long events) {
        outcomes.get(outcome).increment(events);
    }

    /**
     * Counts events that were replayed to a client.
     *
     * @param events their number
     */
    public void replayed(long events) {
        replayed.increment(events);
    }

    /** Counts a message from a client, which the gateway ignores. */
    public void ignored() {
        ignored.increment();
    }

    /** Counts a new connection. */
    public void opened() {
        connections.incrementAndGet();
    }

    /**
     * Returns why a connection ended, as metrics name it.
     *
     * @param cause the exception that ended it; null if the client left
     * @return the name of a {@link StreamClosedException.Reason}, {@link #LEFT} or {@link #ERROR}
     */
    public static String closeReason(@Nullable Throwable cause) {
        return cause == null
                ? LEFT
                : cause instanceof StreamClosedException end ? end.reason().name() : ERROR;
    }

    /**
     * Counts the end of a connection.
     *
     * @param reason the name of a {@link StreamClosedException.Reason}, {@link #LEFT} or {@link #ERROR}
     */
    public void closed(String reason) {
        connections.decrementAndGet();
        closed.get(reason).increment();
    }

    /**
     * Counts a refused request.
     *
     * @param reason the reason of the refusal
     */
    public void refused(StreamRefusedException.Reason reason) {
        refused.get(reason).increment();
    }

    /**
     * Records the latency of a batch of live events, which has just been written.
     *
     * @param oldestLoggedAt when the oldest event was logged, in ms since 1970 by the broker's clock, which may be ahead
     */
    public void recordLatency(long oldestLoggedAt) {
        latency.record(Math.max(0, System.currentTimeMillis() - oldestLoggedAt), TimeUnit.MILLISECONDS);
    }

    /**
     * Sets the largest lag of a connection.
     *
     * @param events the lag
     */
    public void maxLag(long events) {
        maxLag.set(events);
    }

    /**
     * Sets the number of events for live connections that have no outcome yet.
     *
     * @param events their number
     */
    public void pending(long events) {
        pending.set(events);
    }

    /**
     * Sets the number of bytes that were written to channels and have not left this process.
     *
     * @param bytes their number
     */
    public void unreadBytes(long bytes) {
        unreadBytes.set(bytes);
    }

    /** Sets all values of rings and connections to 0, because the topic cannot be read and all connections have ended. */
    public void logClosed() {
        records.logClosed();
        maxLag.set(0);
        pending.set(0);
    }

    /** Reports from now on that this instance closes all connections. */
    public void draining() {
        draining.set(1);
    }

    /**
     * Returns the number of connections to this instance.
     *
     * @return their number
     */
    public int connections() {
        return connections.get();
    }
}
