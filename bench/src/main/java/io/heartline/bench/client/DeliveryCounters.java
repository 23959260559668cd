package io.heartline.bench.client;

import io.heartline.bench.result.Delays;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;

/** Counts likes, requests and bytes of all clients of one read method. Only their thread writes it; any thread may read it. */
public final class DeliveryCounters {

    /** Likes, whenever they were due. */
    final LongAdder likes = new LongAdder();

    final LongAdder requests = new LongAdder();
    /** Requests whose answer contained nothing new. */
    final LongAdder empty = new LongAdder();
    /** Bytes in both directions, including the heads of HTTP messages and WebSocket frames, without TCP's. */
    final LongAdder bytes = new LongAdder();
    /** Nanoseconds from when a like was due until a client received it, for the likes due in the measured period. */
    public final Histogram delay = Delays.histogram();

    private volatile long from = Long.MAX_VALUE;
    private volatile long to = Long.MAX_VALUE;

    /**
     * Sets the measured period, by {@link System#nanoTime}.
     *
     * @param from inclusive
     * @param to exclusive
     */
    public void measure(long from, long to) {
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

    /** The counters at one moment. */
    public record Sums(long likes, long requests, long empty, long bytes) {

        public Sums minus(Sums before) {
            return new Sums(
                    likes - before.likes, requests - before.requests, empty - before.empty, bytes - before.bytes);
        }
    }

    public Sums sums() {
        return new Sums(likes.sum(), requests.sum(), empty.sum(), bytes.sum());
    }
}
