package io.heartline.gateway;

import io.heartline.gateway.kafka.TopicTailer;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * DOWN if a thread that every client depends on has ended although the service was not stopped. Part of liveness, because only a
 * restart helps, and of readiness for installations that do not ask for liveness.
 */
public final class ThreadsHealth implements HealthIndicator {

    private final TopicTailer tailer;
    private final Ticker ticker;

    public ThreadsHealth(TopicTailer tailer, Ticker ticker) {
        this.tailer = tailer;
        this.ticker = ticker;
    }

    @Override
    public Health health() {
        String ended = tailer.hasDied() ? "log-tail" : ticker.hasDied() ? "ticker" : null;
        return ended == null
                ? Health.up().build()
                : Health.down()
                        .withDetail("reason", "thread " + ended + " has ended: restart this instance")
                        .build();
    }
}
