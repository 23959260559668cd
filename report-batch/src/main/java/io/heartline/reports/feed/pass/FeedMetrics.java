package io.heartline.reports.feed.pass;

import io.heartline.reports.feed.ChangeReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;

/** The metrics of entering reports, under {@code heartline.reports.feed}. */
final class FeedMetrics {

    private final Counter sealed;
    private final Counter corrected;
    private final Timer passes;
    private volatile double completeAt = Double.NaN;

    FeedMetrics(MeterRegistry registry) {
        sealed = changes(registry, ChangeReason.sealed);
        corrected = changes(registry, ChangeReason.corrected);
        passes = Timer.builder("heartline.reports.feed.passes")
                .description("Time of a sealing pass over the reports of a week, or of its last part after a restart")
                .register(registry);
        Gauge.builder("heartline.reports.feed.complete.timestamp", () -> completeAt)
                .description("When this instance last found all reports of sealed weeks entered, in seconds since 1970;"
                        + " NaN if never")
                .baseUnit("seconds")
                .register(registry);
    }

    private static Counter changes(MeterRegistry registry, ChangeReason reason) {
        return Counter.builder("heartline.reports.feed.changes")
                .description("Changes that this instance has entered into the feed of revisions")
                .tag("reason", reason.name())
                .register(registry);
    }

    void entered(ChangeReason reason) {
        (reason == ChangeReason.sealed ? sealed : corrected).increment();
    }

    void passEnded(Duration duration) {
        passes.record(duration);
    }

    void complete(Instant time) {
        completeAt = time.toEpochMilli() / 1000.0;
    }
}
