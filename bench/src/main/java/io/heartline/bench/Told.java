package io.heartline.bench;

import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;

/** What the readers of one way were told, and what that took. Written by their one thread, read by any. */
final class Told {

    /** Whenever they were due. */
    final LongAdder likes = new LongAdder();

    final LongAdder requests = new LongAdder();
    /** Requests that were answered with nothing. */
    final LongAdder empty = new LongAdder();
    /** Both directions of every connection, HTTP's heads and WebSocket's included; not TCP's. */
    final LongAdder bytes = new LongAdder();
    /** Nanoseconds from when a like was due until it was told, of those due in the period that is measured. */
    final Histogram delay = Delays.histogram();

    private volatile long from = Long.MAX_VALUE;
    private volatile long to = Long.MAX_VALUE;

    /** Of likes that are due from then, and before then, by {@link System#nanoTime}, delays are kept. */
    void measure(long from, long to) {
        delay.reset();
        this.to = to;
        this.from = from;
    }

    void like(long due) {
        likes.increment();
        if (due - from >= 0 && due - to < 0) {
            delay.recordValue(System.nanoTime() - due);
        }
    }

    /** All that is counted, at one moment. */
    record Sums(long likes, long requests, long empty, long bytes) {

        Sums minus(Sums before) {
            return new Sums(
                    likes - before.likes, requests - before.requests, empty - before.empty, bytes - before.bytes);
        }
    }

    Sums sums() {
        return new Sums(likes.sum(), requests.sum(), empty.sum(), bytes.sum());
    }
}
