package io.heartline.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Things that are due at an even pace. What goes out late is timed from when it was due all the same: a sender that stalls,
 * or is made to, would hide delays otherwise.
 *
 * @param start when the first is due, by {@link System#nanoTime}
 * @param rate a second
 */
record Pace(long start, int rate) {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    static Pace fromNow(int rate) {
        return new Pace(System.nanoTime(), rate);
    }

    /** @param number of the thing, the first is 0 */
    long due(long number) {
        return start + number * SECOND / rate;
    }

    /** How many are due by then. */
    long dueBy(long nanoTime) {
        return nanoTime < start ? 0 : (nanoTime - start) * rate / SECOND + 1;
    }

    /** Returns when it was due, once it is. */
    long await(long number) {
        long due = due(number);
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
            LockSupport.parkNanos(wait);
        }
        return due;
    }
}
