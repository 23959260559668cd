package io.heartline.reports.webhook;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The time before a retry. It doubles with each failure, and a random quarter of it is removed, so that retries do not come together.
 *
 * @param min after the first failure
 * @param max after many failures
 * @param random decides about the quarter
 */
record Backoff(Duration min, Duration max, RandomGenerator random) {

    private static final int MAX_DOUBLINGS = 30;
    private static final double JITTER = 0.25;

    /**
     * Returns the time from a failure to the retry.
     *
     * @param failures the number of failures in a row, from 1
     */
    Duration after(int failures) {
        long factor = 1L << Math.min(failures - 1, MAX_DOUBLINGS);
        long nanos = min.compareTo(max.dividedBy(factor)) > 0 ? max.toNanos() : min.toNanos() * factor;
        return Duration.ofNanos((long) (nanos * (1 - JITTER * random.nextDouble())));
    }
}
