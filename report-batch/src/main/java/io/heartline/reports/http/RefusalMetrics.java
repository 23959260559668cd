package io.heartline.reports.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts requests that this instance refuses because of a limit, or because they wait for what cannot come. */
public final class RefusalMetrics {

    private final MeterRegistry registry;

    public RefusalMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** @param reason the key of the limit, or another reason of a fixed set */
    public Counter counter(String reason) {
        return Counter.builder("heartline.reports.refused")
                .description("Requests that were refused, by the limit they met or another reason")
                .tag("reason", reason)
                .register(registry);
    }
}
