package io.heartline.bench;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Watches a figure until it has come to rest: the latest five readings lie within one percent of each other. */
final class Settling {

    private static final int READINGS = 5;
    private static final double REST = 0.01;
    private static final Duration BETWEEN = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Deque<Long> latest = new ArrayDeque<>();

    /** The figure at rest; after a minute that it did not come to rest in, as it is. */
    static long await(String what, LongSupplier figure) {
        Settling settling = new Settling();
        long start = System.nanoTime();
        long now = figure.getAsLong();
        while (!settling.isAtRest(now)) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                Console.progress("%s has not settled in %d s", what, PATIENCE.toSeconds());
                break;
            }
            LockSupport.parkNanos(BETWEEN.toNanos());
            now = figure.getAsLong();
        }
        return now;
    }

    /** With this reading. */
    boolean isAtRest(long reading) {
        latest.add(reading);
        if (latest.size() > READINGS) {
            latest.remove();
        }
        long least = Collections.min(latest);
        return latest.size() == READINGS && Collections.max(latest) - least <= least * REST;
    }
}
