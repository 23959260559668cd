package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.connection.Liveness;
import io.heartline.gateway.stream.connection.Tick;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.heartline.gateway.stream.wake.WakePass;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/** The open connections to one log. Thread-safe. */
final class Connections {

    // the fraction of the golden ratio: any number of its multiples is spread evenly over the interval
    private static final double SPREAD = 0.618_033_988_749_895;

    private final LongSupplier nanoTime;
    private final Duration heartbeat;
    private final GatewayMetrics metrics;
    private final Set<Connection> all = new LinkedHashSet<>();
    private Connection[] snapshot = {}; // null if a connection was added or removed since
    private int opened;

    /**
     * @param nanoTime supplies {@link System#nanoTime()}, or a test's clock
     * @param heartbeat the interval of heartbeats, which {@code hello} states
     * @param metrics counts connections
     */
    Connections(LongSupplier nanoTime, Duration heartbeat, GatewayMetrics metrics) {
        this.nanoTime = nanoTime;
        this.heartbeat = heartbeat;
        this.metrics = metrics;
    }

    GatewayMetrics metrics() {
        return metrics;
    }

    long heartbeatMillis() {
        return heartbeat.toMillis();
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    /** Returns the number of connections that were created before. */
    synchronized int nextNumber() {
        return opened++;
    }

    /**
     * Returns the clocks of a connection that opens now. The heartbeats of connections that open together are spread over the interval.
     *
     * @param number of {@link #nextNumber}
     */
    Liveness newLiveness(Caller caller, int number) {
        long sinceHeartbeat = (long) (Integer.toUnsignedLong(number) * SPREAD % 1 * heartbeat.toNanos());
        return new Liveness(nanoTime(), caller.expiresIn(), sinceHeartbeat);
    }

    synchronized void add(Connection connection) {
        all.add(connection);
        snapshot = null;
        metrics.opened();
    }

    /**
     * Removes a connection that is present.
     *
     * @param closeReason why it ended, as metrics name it
     */
    synchronized void remove(Connection connection, String closeReason) {
        all.remove(connection);
        snapshot = null;
        metrics.closed(closeReason);
    }

    private synchronized Connection[] snapshot() {
        if (snapshot == null) {
            snapshot = all.toArray(Connection[]::new);
        }
        return snapshot;
    }

    /** Examines the connections of a turn: heartbeats, full sockets, dead peers, expired tokens. Called by the thread that ticks. */
    void tick(Tick tick) {
        Connection[] connections = snapshot();
        for (int i = tick.first(); i < connections.length; i += tick.step()) {
            WakePass.runSafely(connections[i], connection -> connection.tick(tick));
        }
    }

    /**
     * Ends a random part of the connections.
     *
     * @param share the part, from 0 to 1
     */
    void drain(double share) {
        List<Connection> connections = Arrays.asList(snapshot().clone());
        Collections.shuffle(connections);
        connections.stream()
                .limit((long) Math.ceil(connections.size() * share))
                .forEach(connection -> connection.end(StreamClosedException.draining()));
    }

    /** Ends all connections. */
    void end(StreamClosedException cause) {
        for (Connection connection : snapshot()) {
            WakePass.runSafely(connection, one -> one.end(cause));
        }
    }
}
