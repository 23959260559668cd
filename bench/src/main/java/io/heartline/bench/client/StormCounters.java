package io.heartline.bench.client;

import io.heartline.bench.result.Console;
import io.heartline.bench.result.Delays;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;

/** Counts the handshakes of consecutive storms, and measures their delays. */
public final class StormCounters {

    /** Clients that the server has accepted and, if it greets, has sent a first frame to. */
    public final LongAdder accepted = new LongAdder();
    /** Clients that were refused, disconnected by the server, or not accepted in time. */
    public final LongAdder failed = new LongAdder();
    /** Nanoseconds from when a client was to connect until the end of its handshake. */
    public final Histogram handshake = Delays.histogram();
    /** Nanoseconds from when a client was to connect until its first frame. */
    public final Histogram hello = Delays.histogram();
    /** Nanoseconds from the start of each storm until its last client was accepted, summed over all storms. */
    public final LongAdder nanos = new LongAdder();

    /** Counts failed clients, and reports the reason of the first one. */
    void fail(long clients, String why) {
        if (failed.sum() == 0) {
            Console.progress("a client has failed: %s", why);
        }
        failed.add(clients);
    }
}
