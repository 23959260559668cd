package io.heartline.reports.run;

import io.heartline.reports.progress.Progress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A run with 50 records in each of two partitions, and progress of these partitions. */
final class RunFixtures {

    static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    static final Run WAITING = Run.requested("r", Run.ON_REQUEST, NOON);
    static final Run RUNNING = WAITING.planned("instance", plan(null));

    private RunFixtures() {}

    /** @param highWatermarks null for a run that an earlier release planned */
    static RunPlan plan(@Nullable List<Long> highWatermarks) {
        return new RunPlan("epoch", NOON, List.of(0L, 100L), List.of(50L, 150L), highWatermarks, null);
    }

    static Progress progressAt(int partition, long next) {
        return progressOf("epoch", partition, next);
    }

    static Progress progressOf(String epoch, int partition, long next) {
        return new Progress(partition, epoch, 0, 2, next, null, null, null, null, null, null, null);
    }
}
