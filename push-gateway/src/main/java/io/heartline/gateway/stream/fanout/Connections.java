package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.connection.IndexedSet;
import io.heartline.gateway.stream.connection.Tick;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.heartline.gateway.stream.wake.WakePass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The open connections to one log. Each is examined with its heartbeat only, so an idle connection costs nothing between two
 * heartbeats. A connection whose clocks may end it before the next heartbeat is watched, which means that it is examined every second.
 * Thread-safe.
 */
final class Connections {

    /** The parts of the heartbeat interval. The heartbeats of a part are due together, so they share a task of each event loop. */
    private static final int SLOTS = 80;

    // the fraction of the golden ratio: any number of its multiples is spread evenly over the interval
    private static final double SPREAD = 0.618_033_988_749_895;

    private final LongSupplier nanoTime;
    private final Duration heartbeat;
    private final GatewayMetrics metrics;
    private final long slotNanos;
    private final List<IndexedSet<Connection>> slots =
            Stream.generate(IndexedSet<Connection>::new).limit(SLOTS).toList();
    private List<Connection> watched = new ArrayList<>();
    private long lastSlot; // the number of slots since the origin of the clock, up to the last tick
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
        this.slotNanos = Math.max(1, heartbeat.toNanos() / SLOTS);
        this.lastSlot = Math.floorDiv(nanoTime(), slotNanos);
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
     * Returns the slot of a new connection. The heartbeats of connections that open together are spread over the interval.
     *
     * @param number of {@link #nextNumber}
     */
    synchronized int newSlot(int number) {
        long sinceHeartbeat = (long) (Integer.toUnsignedLong(number) * SPREAD % 1 * heartbeat.toNanos());
        long slot = Math.floorDiv(nanoTime() - sinceHeartbeat, slotNanos);
        // a slot after the last tick would be due immediately, although the connection opens with a frame
        return Math.floorMod(Math.min(slot, lastSlot), SLOTS);
    }

    synchronized void add(Connection connection) {
        slots.get(connection.slot()).add(connection);
        metrics.opened();
    }

    /**
     * Removes a connection that is present.
     *
     * @param closeReason why it ended, as metrics name it
     */
    synchronized void remove(Connection connection, String closeReason) {
        slots.get(connection.slot()).remove(connection);
        metrics.closed(closeReason);
    }

    /** Examines a connection within a second, and every second while one of its clocks may end it before its next heartbeat. */
    void watch(Connection connection) {
        if (!connection
                .isWatched) { // read without the lock, because a connection whose socket is full often calls this
            // method
            synchronized (this) {
                if (!connection.isWatched) {
                    connection.isWatched = true;
                    watched.add(connection);
                }
            }
        }
    }

    private synchronized List<Connection> takeWatched() {
        List<Connection> taken = watched;
        watched = new ArrayList<>();
        // before they are examined, so that a socket that becomes full later is watched again
        taken.forEach(connection -> connection.isWatched = false);
        return taken;
    }

    /** Returns the connections whose slot has begun since the last tick. A late tick returns those of each slot once. */
    private synchronized List<Connection> takeDue(long now) {
        long slot = Math.floorDiv(now, slotNanos);
        List<Connection> due = new ArrayList<>();
        for (long next = Math.max(lastSlot, slot - SLOTS) + 1; next <= slot; next++) {
            due.addAll(slots.get(Math.floorMod(next, SLOTS)).copy());
        }
        lastSlot = slot;
        return due;
    }

    /** Examines the connections that are due: heartbeats, full sockets, dead peers, expired tokens. Called by the thread that ticks. */
    void tick(Tick tick) {
        List<Connection> due = takeDue(tick.now());
        for (Connection connection : due) {
            WakePass.runSafely(connection, one -> examine(one, tick));
            connection.requestHeartbeat();
        }
        if (tick.isTurnOf(0)) {
            takeWatched().forEach(connection -> WakePass.runSafely(connection, one -> examine(one, tick)));
        }
        WakePass.submit(due);
    }

    private void examine(Connection connection, Tick tick) {
        if (connection.isClosed()) {
            return;
        }
        switch (connection.examine(tick)) {
            case dead -> connection.end(StreamClosedException.deadPeer());
            case slow -> connection.end(StreamClosedException.slowReader());
            case expired -> connection.end(StreamClosedException.tokenExpired());
            case watched -> watch(connection);
            case healthy -> {}
        }
    }

    private synchronized List<Connection> all() {
        return slots.stream().flatMap(slot -> slot.copy().stream()).toList();
    }

    /**
     * Ends a random part of the connections. A fraction of a connection is its probability, so that a few connections are spread over
     * many calls.
     *
     * @param share the part, from 0 to 1
     */
    void drain(double share) {
        List<Connection> connections = new ArrayList<>(all());
        Collections.shuffle(connections);
        double random = ThreadLocalRandom.current().nextDouble();
        connections.stream()
                .limit((long) (connections.size() * share + random))
                .forEach(connection -> connection.end(StreamClosedException.draining()));
    }

    /** Ends all connections. */
    void end(StreamClosedException cause) {
        all().forEach(connection -> WakePass.runSafely(connection, one -> one.end(cause)));
    }
}
