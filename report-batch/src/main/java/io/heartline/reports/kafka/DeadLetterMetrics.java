package io.heartline.reports.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts dead letters by their outcome. */
public final class DeadLetterMetrics {

    final Counter written;
    final Counter truncated;
    final Counter lost;

    /** @param registry to which the three counters are added */
    public DeadLetterMetrics(MeterRegistry registry) {
        written = counter(registry, "written");
        truncated = counter(registry, "cut");
        lost = counter(registry, "lost");
    }

    private static Counter counter(MeterRegistry registry, String outcome) {
        return Counter.builder("heartline.reports.dead.letters")
                .description("Unreadable and misplaced records, by whether the dead-letter topic has them")
                .tag("outcome", outcome)
                .register(registry);
    }
}
