package io.heartline.bench;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Waits for what has been sent, which need not all arrive. */
final class Arrivals {

    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private Arrivals() {}

    /** Returns once so many have arrived, or nothing has for three seconds. */
    static void await(LongSupplier arrived, long expected) {
        long last = -1;
        long since = System.nanoTime();
        for (long now = arrived.getAsLong(); now < expected; now = arrived.getAsLong()) {
            if (now != last) {
                last = now;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > PATIENCE.toNanos()) {
                return;
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }
}
