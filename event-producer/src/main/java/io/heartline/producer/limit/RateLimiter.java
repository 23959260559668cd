package io.heartline.producer.limit;

import java.time.Duration;

/** The rate limit of one caller. */
public interface RateLimiter {

    /** A limiter that never makes a caller wait. */
    RateLimiter UNLIMITED = () -> Duration.ZERO;

    /**
     * Acquires a permit for one like if there is one.
     *
     * @return zero if a permit was acquired; otherwise the time until there is one
     */
    Duration tryAcquire();
}
