package io.heartline.reports.run;

import io.heartline.events.NotALikeEventException.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** What became of every record that was pulled: pulled = folded + skipped + unreadable + unknown type. */
final class FoldMetrics {

    final Counter folded;
    final Counter skipped;
    final Counter conflicts;
    private final MeterRegistry registry;
    private final Counter unreadable;
    private final Counter unknownType;

    FoldMetrics(MeterRegistry registry) {
        this.registry = registry;
        folded = records(registry, "folded");
        skipped = records(registry, "skipped");
        unreadable = records(registry, "unreadable");
        unknownType = records(registry, "unknown_type");
        conflicts = Counter.builder("heartline.reports.conflicts")
                .description("Reports that somebody else had written since they were loaded, and were folded again")
                .register(registry);
    }

    void notALike(Reason reason) {
        (reason == Reason.UNKNOWN_TYPE ? unknownType : unreadable).increment();
    }

    /** A run is counted by the instance that saw its end. */
    void finished(Run run) {
        Timer.builder("heartline.reports.runs")
                .description("Runs and how long they took, by all instances together")
                .tag("outcome", run.error() == null ? "done" : "failed")
                .register(registry)
                .record(run.millis(), TimeUnit.MILLISECONDS);
    }

    private static Counter records(MeterRegistry registry, String outcome) {
        return Counter.builder("heartline.reports.records")
                .description("Records pulled from the topic, by what became of them")
                .tag("outcome", outcome)
                .register(registry);
    }
}
