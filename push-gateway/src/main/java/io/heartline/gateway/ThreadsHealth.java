package io.heartline.gateway;

import java.util.function.BooleanSupplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * A health indicator that is DOWN if a thread that every client depends on has ended although the service was not stopped. It is
 * part of liveness, because only a restart helps, and of readiness for installations that do not check liveness.
 */
final class ThreadsHealth implements HealthIndicator {

    private final BooleanSupplier tailHasDied;
    private final BooleanSupplier tickerHasDied;

    ThreadsHealth(BooleanSupplier tailHasDied, BooleanSupplier tickerHasDied) {
        this.tailHasDied = tailHasDied;
        this.tickerHasDied = tickerHasDied;
    }

    @Override
    public Health health() {
        String ended = tailHasDied.getAsBoolean() ? "log-tail" : tickerHasDied.getAsBoolean() ? "ticker" : null;
        return ended == null
                ? Health.up().build()
                : Health.down()
                        .withDetail("reason", "thread " + ended + " has ended: restart this instance")
                        .build();
    }
}
