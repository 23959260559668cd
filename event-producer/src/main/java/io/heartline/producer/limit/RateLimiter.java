package io.heartline.producer.limit;

import java.time.Duration;

/** How many likes one caller may still send. */
public interface RateLimiter {

    RateLimiter UNLIMITED = () -> Duration.ZERO;

    /** Takes one like of it: zero if it was there, else nothing is taken, and there will be one in so long. */
    Duration tryAcquire();
}
