package io.heartline.gateway.stream.connection;

/**
 * One tick of the clock that all connections share.
 *
 * @param now nanoseconds by {@link System#nanoTime()}, or a test's clock
 * @param epochMillis the same time in milliseconds since 1970
 * @param heartbeat the interval of heartbeats in nanoseconds
 * @param stallTimeout the longest time without progress while a socket is full, in nanoseconds
 * @param turn the turn of a second, from 0 to {@link #TURNS}, exclusive
 * @param isAfterPause whether this process was paused before this tick, for longer than a heartbeat interval
 */
public record Tick(long now, long epochMillis, long heartbeat, long stallTimeout, int turn, boolean isAfterPause) {

    /** The number of turns. At four ticks a second, each turn comes once a second. Intervals of digests end on any tick. */
    public static final int TURNS = 4;

    /**
     * Returns whether it is the turn of a part of the work that is due once a second.
     *
     * @param part the number of the part; the parts are spread over the turns
     * @return true once in {@link #TURNS} ticks
     */
    public boolean isTurnOf(int part) {
        return part % TURNS == turn;
    }
}
