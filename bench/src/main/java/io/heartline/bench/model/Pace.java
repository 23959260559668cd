package io.heartline.bench.model;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An even pace of sending. Delays count from when a like was due, even if it is sent late. Otherwise a stalled sender would hide
 * them (coordinated omission).
 *
 * @param start when number 0 is due, by {@link System#nanoTime}
 * @param rate per second
 */
public record Pace(long start, int rate) {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    public static Pace fromNow(int rate) {
        return new Pace(System.nanoTime(), rate);
    }

    /** Returns when a like is due, by its number from 0 on. */
    public long due(long number) {
        return start + number * SECOND / rate;
    }

    /** Returns how many likes are due by a time. */
    public long dueBy(long nanoTime) {
        return nanoTime < start ? 0 : (nanoTime - start) * rate / SECOND + 1;
    }

    /** Waits until a like is due, and returns its due time. */
    public long await(long number) {
        long due = due(number);
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
            LockSupport.parkNanos(wait);
        }
        return due;
    }
}
