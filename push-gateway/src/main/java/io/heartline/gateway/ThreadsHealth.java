package io.heartline.gateway;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * A health indicator that is DOWN if a thread that every client depends on has ended although the service was not stopped. It is
 * part of liveness, because only a restart helps, and of readiness for installations that do not check liveness.
 */
final class ThreadsHealth implements HealthIndicator {

    private final Supplier<@Nullable String> endedTail;
    private final BooleanSupplier tickerHasDied;

    /** @param endedTail supplies the name of a tail's thread that has ended, or null if all of them run */
    ThreadsHealth(Supplier<@Nullable String> endedTail, BooleanSupplier tickerHasDied) {
        this.endedTail = endedTail;
        this.tickerHasDied = tickerHasDied;
    }

    @Override
    public Health health() {
        String tail = endedTail.get();
        String ended = tail != null ? tail : tickerHasDied.getAsBoolean() ? "ticker" : null;
        return ended == null
                ? Health.up().build()
                : Health.down()
                        .withDetail("reason", "thread " + ended + " has ended: restart this instance")
                        .build();
    }
}
