package io.heartline.reports.run;

import io.heartline.reports.progress.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run as {@code /v1/runs} shows it.
 *
 * @param startedAt null while it waits for the run before it
 * @param finishedAt null while it is running, and if it failed because it is no longer in the queue
 * @param recordsDone null until the run is planned
 * @param recordsTotal null until the run is planned
 * @param recordsPerSecond of all instances together; null if it is unknown
 * @param etaSeconds until the run is done at the present rate; null if it is unknown
 * @param error why the run failed; null if it did not
 */
public record RunView(
        String id,
        RunStatus status,
        String trigger,
        Instant requestedAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Long recordsDone,
        @Nullable Long recordsTotal,
        @Nullable Long recordsPerSecond,
        @Nullable Long etaSeconds,
        @Nullable String error) {

    /** The document of a run is written before the queue has its id. The second write follows within this time by any clock. */
    private static final Duration QUEUEING_TIMEOUT = Duration.ofSeconds(10);

    /**
     * Derives the figures from progress, so any instance can show any run. A run is done only when its end is stored, so
     * {@code done} always has a {@code finishedAt}.
     *
     * @param run the stored run
     * @param progress by partition
     * @param isQueued whether the run was in the queue before it was read
     * @param now the end of a run that is not finished, for its rate
     * @return the view with the figures that are known
     */
    public static RunView of(Run run, Map<Integer, Progress> progress, boolean isQueued, Instant now) {
        RunPlan plan = run.plan();
        Long total = plan == null ? null : Long.valueOf(plan.total());
        Long done = plan == null ? null : Long.valueOf(done(run, plan, progress));
        boolean isLost =
                !run.isFinished() && !isQueued && now.isAfter(run.requestedAt().plus(QUEUEING_TIMEOUT));
        String reason = isLost ? lostReason(run) : run.error();
        RunStatus status = reason != null ? RunStatus.failed : run.isFinished() ? RunStatus.done : RunStatus.running;
        Long rate = null;
        Long eta = null;
        if (plan != null && done > 0) {
            Instant end = run.isFinished() ? run.finishedAt() : now;
            long millis = Duration.between(plan.startedAt(), end).toMillis();
            if (millis > 0) { // otherwise the clock was set back, and the rate is unknown
                rate = done * 1000 / millis;
                eta = status == RunStatus.running && rate > 0 ? Long.valueOf((total - done) / rate) : null;
            }
        }
        return new RunView(
                run.id(),
                status,
                run.trigger(),
                run.requestedAt(),
                run.startedAt(),
                run.finishedAt(),
                done,
                total,
                rate,
                eta,
                reason);
    }

    /** Returns all records for a run that has succeeded, because offsets can be reset after it. */
    private static long done(Run run, RunPlan plan, Map<Integer, Progress> progress) {
        return run.isFinished() && run.error() == null ? plan.total() : plan.done(progress);
    }

    private static String lostReason(Run run) {
        return run.isPlanned()
                ? "it was removed from the queue before its end was written down"
                : "the instance that took the request stopped before it was queued";
    }
}
