package io.heartline.reports.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Counters of the requests that this instance refuses because of a limit, or because they wait for a position beyond
 * the log end.
 */
public final class RefusalMetrics {

    private final MeterRegistry registry;

    /**
     * Creates the counters.
     *
     * @param registry the registry of the counters
     */
    public RefusalMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * Returns the counter for one reason.
     *
     * @param reason the key of the limit, or another reason of a fixed set
     * @return the counter
     */
    public Counter counter(String reason) {
        return Counter.builder("heartline.reports.refused")
                .description("Requests that were refused, by the limit they met or another reason")
                .tag("reason", reason)
                .register(registry);
    }
}
