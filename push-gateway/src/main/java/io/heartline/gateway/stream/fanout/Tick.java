package io.heartline.gateway.stream.fanout;

/**
 * One beat of the clock that all connections share.
 *
 * @param now by {@link System#nanoTime()}, or a test's clock
 * @param epochMillis the same moment in milliseconds since 1970
 * @param heartbeat interval in nanoseconds
 * @param stallTimeout how long a socket may be full, in nanoseconds
 * @param turn which part of the connections is examined: of {@link #TURNS} ticks, each examines another
 * @param isAfterPause whether this process stood still before this tick, for longer than a heartbeat
 */
record Tick(long now, long epochMillis, long heartbeat, long stallTimeout, int turn, boolean isAfterPause) {

    /** At four ticks a second, each connection is examined once a second; only the intervals of digests end on any tick. */
    static final int TURNS = 4;
}
