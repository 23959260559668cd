package io.heartline.gateway;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * DOWN if a thread that every client depends on has ended although the service was not stopped. Part of liveness, because only a
 * restart helps, and of readiness for installations that do not ask for liveness.
 */
final class ThreadsHealth implements HealthIndicator {

    private final LogTail tail;
    private final Ticker ticker;

    ThreadsHealth(LogTail tail, Ticker ticker) {
        this.tail = tail;
        this.ticker = ticker;
    }

    @Override
    public Health health() {
        String ended = tail.isBroken() ? "log-tail" : ticker.isBroken() ? "ticker" : null;
        return ended == null
                ? Health.up().build()
                : Health.down()
                        .withDetail("reason", "thread " + ended + " has ended: restart this instance")
                        .build();
    }
}
