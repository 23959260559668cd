package io.heartline.reports.run;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * One pull of the topic: from the progress of its partitions to the end offsets seen at its start. It is done when progress has
 * reached those, whichever instances fold them. {@link RunPlan} explains {@code epoch} and the fields after it.
 *
 * @param trigger {@code schedule}, {@code request} or {@code once}
 * @param startedAt when the run was planned; null while it waits
 * @param finishedAt null until the run is done or has failed
 * @param plannedBy the instance that planned the run; null while it waits
 * @param epoch null while the run waits
 * @param from null while the run waits
 * @param target null while the run waits
 * @param error why the run failed; null if it did not
 */
@Document(RunStore.COLLECTION)
public record Run(
        @Id String id,
        String trigger,
        Instant requestedAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String plannedBy,
        @Nullable String epoch,
        @Nullable List<Long> from,
        @Nullable List<Long> target,
        @Nullable List<Long> highWatermarks,
        @Nullable Instant published,
        @Nullable String error) {

    /** The trigger of a run that a client requested over HTTP. */
    public static final String ON_REQUEST = "request";

    /** The trigger of a run that the schedule requested. */
    public static final String ON_SCHEDULE = "schedule";

    /** The trigger of a run that the command {@code --once} requested. */
    public static final String ONCE = "once";

    /**
     * {@return a run that waits}
     *
     * @param id the id, which no other run has
     * @param trigger {@link #ON_REQUEST}, {@link #ON_SCHEDULE} or {@link #ONCE}
     * @param now when the run is requested
     */
    public static Run requested(String id, String trigger, Instant now) {
        return new Run(id, trigger, now, null, null, null, null, null, null, null, null, null);
    }

    /**
     * {@return this run with a plan, which is not stored yet}
     *
     * @param plannerId the instance that planned the run
     * @param plan the offsets that the run has to reach
     */
    public Run planned(String plannerId, RunPlan plan) {
        return new Run(
                id,
                trigger,
                requestedAt,
                plan.startedAt(),
                null,
                plannerId,
                plan.epoch(),
                plan.from(),
                plan.target(),
                plan.highWatermarks(),
                plan.published(),
                null);
    }

    /** {@return the offsets that this run has to reach; null while the run waits} */
    public @Nullable RunPlan plan() {
        return isPlanned() ? new RunPlan(epoch, startedAt, from, target, highWatermarks, published) : null;
    }

    /**
     * {@return this run with its end, which is not before its start even if the clock was set back}
     *
     * @param now when the run ended
     * @param reason why the run failed; null if it did not
     */
    public Run finished(Instant now, @Nullable String reason) {
        Instant end = now.isBefore(beginTime()) ? beginTime() : now;
        return new Run(
                id,
                trigger,
                requestedAt,
                startedAt,
                end,
                plannedBy,
                epoch,
                from,
                target,
                highWatermarks,
                published,
                reason);
    }

    /** {@return whether an instance has stored the offsets that this run has to reach} */
    public boolean isPlanned() {
        return target != null;
    }

    /** {@return whether the run is done or has failed} */
    public boolean isFinished() {
        return finishedAt != null;
    }

    /**
     * {@return the duration of a finished run in milliseconds, at least 0} It begins with the request if the run was never
     * planned.
     */
    public long millis() {
        return Duration.between(beginTime(), finishedAt).toMillis();
    }

    private Instant beginTime() {
        return startedAt == null ? requestedAt : startedAt;
    }

    /**
     * {@return whether a planned run is not worth keeping: the schedule requested it, it has nothing to fold, and all
     * partitions are reachable}
     */
    public boolean isEmpty() {
        RunPlan plan = plan();
        return trigger.equals(ON_SCHEDULE)
                && plan.total() == 0
                && plan.unreachable().isEmpty();
    }
}
