package io.heartline.reports.run;

import io.heartline.events.NotALikeEventException.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/** What became of every record that was pulled: pulled = folded + skipped + unreadable + unknown type. */
public class FoldMetrics {

    final Counter folded;
    final Counter skipped;
    final Counter conflicts;
    final Timer runs;
    private final Counter unreadable;
    private final Counter unknownType;

    public FoldMetrics(MeterRegistry registry) {
        folded = records(registry, "folded");
        skipped = records(registry, "skipped");
        unreadable = records(registry, "unreadable");
        unknownType = records(registry, "unknown_type");
        conflicts = Counter.builder("heartline.reports.conflicts")
                .description("Reports that somebody else had written since they were loaded, and were folded again")
                .register(registry);
        runs = Timer.builder("heartline.reports.runs")
                .description("Runs and how long they took")
                .register(registry);
    }

    void notALike(Reason reason) {
        (reason == Reason.UNKNOWN_TYPE ? unknownType : unreadable).increment();
    }

    private static Counter records(MeterRegistry registry, String outcome) {
        return Counter.builder("heartline.reports.records")
                .description("Records pulled from the topic, by what became of them")
                .tag("outcome", outcome)
                .register(registry);
    }
}
