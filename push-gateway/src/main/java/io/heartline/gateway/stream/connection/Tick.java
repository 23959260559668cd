package io.heartline.gateway.stream.connection;

/**
 * One tick of the clock that all connections share.
 *
 * @param now nanoseconds by {@link System#nanoTime()}, or a test's clock
 * @param epochMillis the same time in milliseconds since 1970
 * @param heartbeat the interval of heartbeats in nanoseconds
 * @param stallTimeout the longest time without progress while a socket is full, in nanoseconds
 * @param turn the part of the connections that is examined, from 0; {@link #TURNS} ticks examine all connections
 * @param isAfterPause whether this process was paused before this tick, for longer than a heartbeat interval
 */
public record Tick(long now, long epochMillis, long heartbeat, long stallTimeout, int turn, boolean isAfterPause) {

    /** The number of parts. At four ticks a second, each connection is examined once a second. Intervals of digests end on any tick. */
    public static final int TURNS = 4;

    /** {@return the index of the first connection to examine; after a pause, every connection is examined} */
    public int first() {
        return isAfterPause ? 0 : turn;
    }

    /** {@return the distance between the indexes of two connections to examine} */
    public int step() {
        return isAfterPause ? 1 : TURNS;
    }
}
