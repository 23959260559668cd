package io.heartline.bench.load;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Waits for likes or records that were sent. Some of them may never arrive. */
public final class Await {

    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private Await() {}

    /** Returns once a count reaches the expected value, or has not changed for three seconds. */
    public static void count(LongSupplier count, long expected) {
        long last = -1;
        long since = System.nanoTime();
        for (long now = count.getAsLong(); now < expected; now = count.getAsLong()) {
            if (now != last) {
                last = now;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > TIMEOUT.toNanos()) {
                return;
            }
            LockSupport.parkNanos(INTERVAL.toNanos());
        }
    }
}
