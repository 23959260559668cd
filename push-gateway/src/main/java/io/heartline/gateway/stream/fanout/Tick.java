package io.heartline.gateway.stream.fanout;

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
record Tick(long now, long epochMillis, long heartbeat, long stallTimeout, int turn, boolean isAfterPause) {

    /** The number of parts. At four ticks a second, each connection is examined once a second. Intervals of digests end on any tick. */
    static final int TURNS = 4;

    /** Returns the index of the first connection to examine. After a pause, every connection is examined. */
    int first() {
        return isAfterPause ? 0 : turn;
    }

    /** Returns the distance between the indexes of two connections to examine. */
    int step() {
        return isAfterPause ? 1 : TURNS;
    }
}
