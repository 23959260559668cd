package io.heartline.reports.run;

import io.heartline.events.LikesLog;
import io.heartline.reports.failure.LogGapException;
import io.heartline.reports.progress.LogSnapshot;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.Progress.Unstable;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * One pull of the topic: from where its partitions stood to the end offsets seen at its start. It is done when progress
 * has reached those, whoever folded them.
 *
 * @param trigger {@code schedule}, {@code request} or {@code once}
 * @param startedAt just before the end offsets were asked for: what was logged by then is included; null while it waits
 * @param plannedBy the instance that asked for them
 * @param epoch of the log they count in
 * @param from the first offset to fold, by partition
 * @param target the last stable offset, by partition; null until it is known
 * @param highWatermarks asked for just before {@code target}, with {@link #UNREACHABLE} for a partition whose leader did not
 *     answer, where there is nothing to fold; null until then, and in runs that an older version planned
 * @param published what readers had before: weeks that were sealed by then are corrected, with a number; or null
 * @param error why it failed, or null
 */
@Document(RunStore.COLLECTION)
public record Run(
        @Id String id,
        String trigger,
        Instant requestedAt,
        Instant startedAt,
        Instant finishedAt,
        String plannedBy,
        String epoch,
        List<Long> from,
        List<Long> target,
        @Nullable List<Long> highWatermarks,
        Instant published,
        String error) {

    /** A run's document is written first and its place in the queue after it: within this time on any clock. */
    private static final Duration QUEUEING_TIMEOUT = Duration.ofSeconds(10);

    public static final String ON_REQUEST = "request";
    public static final String ON_SCHEDULE = "schedule";
    public static final String ONCE = "once";
    static final long UNREACHABLE = -1;

    /** Where a run stands. */
    public enum RunStatus {
        running,
        done,
        failed
    }

    /**
     * A run as {@code /v1/runs} shows it.
     *
     * @param startedAt null while it waits for the run before it
     * @param finishedAt null while it is running, and if it failed because the queue no longer has it
     * @param recordsPerSecond all instances together
     * @param etaSeconds until it is done at the present rate; null when unknown
     */
    public record RunView(
            String id,
            RunStatus status,
            String trigger,
            Instant requestedAt,
            Instant startedAt,
            Instant finishedAt,
            Long recordsDone,
            Long recordsTotal,
            Long recordsPerSecond,
            Long etaSeconds,
            String error) {}

    public static Run requested(String id, String trigger, Instant now) {
        return new Run(id, trigger, now, null, null, null, null, null, null, null, null, null);
    }

    /** @param snapshot what there is to fold; its progress has been begun */
    public Run planned(String plannerId, LogSnapshot snapshot) {
        IntToLongFunction next = partition -> snapshot.progress().containsKey(partition)
                ? snapshot.progress().get(partition).next()
                : 0;
        IntToLongFunction end =
                partition -> snapshot.isReachable(partition) ? snapshot.end(partition) : next.applyAsLong(partition);
        IntToLongFunction highWatermark = partition -> snapshot.isReachable(partition)
                ? snapshot.bounds().get(partition).highWatermark()
                : UNREACHABLE;
        return new Run(
                id,
                trigger,
                requestedAt,
                snapshot.takenAt(),
                null,
                plannerId,
                snapshot.log().epoch(),
                byPartition(snapshot, next),
                byPartition(snapshot, end),
                byPartition(snapshot, highWatermark),
                snapshot.publishedAsOf(),
                null);
    }

    private static List<Long> byPartition(LogSnapshot snapshot, IntToLongFunction offset) {
        return IntStream.range(0, snapshot.log().partitions())
                .mapToLong(offset)
                .boxed()
                .toList();
    }

    /**
     * Not before it began, even if the clock has been put back meanwhile.
     *
     * @param reason it failed, or null if it did not
     */
    public Run finished(Instant now, String reason) {
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

    public boolean isPlanned() {
        return target != null;
    }

    public boolean isFinished() {
        return finishedAt != null;
    }

    /** How long it took, from the moment it began or, if it never did, was asked for. */
    public long millis() {
        return Duration.between(beginTime(), finishedAt).toMillis();
    }

    private Instant beginTime() {
        return startedAt == null ? requestedAt : startedAt;
    }

    /** How many records it has to fold. */
    public long total() {
        return sum(target) - sum(from);
    }

    /** How many of them are not folded yet. */
    public long remaining(Map<Integer, Progress> progress) {
        return total() - done(progress);
    }

    /**
     * Returns this run with what readers have by now, if that is later than when it was planned: another instance may have
     * vouched for it meanwhile, and a week that is sealed by then is corrected with a number, too.
     */
    public Run withPublishedAsOf(Map<Integer, Progress> progress) {
        Instant now = Progress.asOf(progress, target.size());
        boolean isLater = now != null && (published == null || now.isAfter(published));
        return isLater
                ? new Run(
                        id,
                        trigger,
                        requestedAt,
                        startedAt,
                        finishedAt,
                        plannedBy,
                        epoch,
                        from,
                        target,
                        highWatermarks,
                        now,
                        error)
                : this;
    }

    /** Returns how many records are not folded yet, including those that wait for a transaction. */
    public long lag(Map<Integer, Progress> progress) {
        long unstable = 0;
        for (int partition = 0; highWatermarks != null && partition < target.size(); partition++) {
            unstable += Math.max(0, highWatermarks.get(partition) - target.get(partition));
        }
        return remaining(progress) + unstable;
    }

    /** Returns whether its target includes everything that was logged before it began. */
    public boolean isStable(int partition) {
        return highWatermarks != null && target.get(partition) >= highWatermarks.get(partition);
    }

    /** Returns what waits for a transaction; null if nothing does. */
    @Nullable
    public Unstable unstable(int partition) {
        return highWatermarks == null || isStable(partition)
                ? null
                : new Unstable(highWatermarks.get(partition), startedAt);
    }

    /** Returns the partitions whose leader did not answer when this run was planned. */
    public List<Integer> unreachable() {
        return highWatermarks == null
                ? List.of()
                : IntStream.range(0, highWatermarks.size())
                        .filter(partition -> highWatermarks.get(partition) == UNREACHABLE)
                        .boxed()
                        .toList();
    }

    /** Returns why it fails though everything it has to fold is folded; null if it does not. */
    @Nullable
    public String incompleteReason() {
        return unreachable().isEmpty()
                ? null
                : "Kafka: partition "
                        + unreachable().stream().map(String::valueOf).collect(Collectors.joining(", "))
                        + " has no leader, or it did not answer; all other partitions are folded";
    }

    /** Whether everything it has to fold is folded, by whomever. */
    public boolean isReached(Map<Integer, Progress> progress) {
        return remaining(progress) == 0;
    }

    /** Nothing to tell of: most of the scheduled ones, when likes are few. */
    public boolean isEmpty() {
        return trigger.equals(ON_SCHEDULE) && total() == 0 && unreachable().isEmpty();
    }

    /** @throws LogGapException if the topic was created anew since this run was planned */
    public void requireSameLog(LikesLog log) {
        if (!log.epoch().equals(epoch)) {
            throw new LogGapException("the topic has become another log since this run began");
        }
    }

    /** @throws LogGapException if somebody has said meanwhile that positions count anew */
    public void requireSameOffsets(Collection<Progress> progress) {
        for (Progress current : progress) {
            if (!current.epoch().equals(epoch)) {
                throw LogGapException.offsetsReset(current.partition());
            }
        }
    }

    /**
     * Returns the run as {@code /v1/runs} shows it. Its records are derived from progress, so any instance answers. It is done
     * once its end is written down and not before, so that {@code done} always has a {@code finishedAt}.
     *
     * @param isQueued whether it was in the queue before it was read
     */
    public RunView view(Map<Integer, Progress> progress, boolean isQueued, Instant now) {
        Long total = isPlanned() ? total() : null;
        // what a run has done stays done, whatever positions count later
        Long done = isPlanned() ? isFinished() && error == null ? total() : done(progress) : null;
        boolean isLost = !isFinished() && !isQueued && now.isAfter(requestedAt.plus(QUEUEING_TIMEOUT));
        String reason = isLost ? lostReason() : error;
        RunStatus status = reason != null ? RunStatus.failed : isFinished() ? RunStatus.done : RunStatus.running;
        Long rate = null;
        Long eta = null;
        if (startedAt != null && done != null && done > 0) {
            long millis =
                    Duration.between(startedAt, isFinished() ? finishedAt : now).toMillis();
            if (millis > 0) { // or the clock has been put back, and the rate is anyone's guess
                rate = done * 1000 / millis;
                eta = status == RunStatus.running && rate > 0 ? Long.valueOf((total - done) / rate) : null;
            }
        }
        return new RunView(id, status, trigger, requestedAt, startedAt, finishedAt, done, total, rate, eta, reason);
    }

    private String lostReason() {
        return isPlanned()
                ? "it was removed from the queue before its end was written down"
                : "the instance that took the request stopped before it was queued";
    }

    private long done(Map<Integer, Progress> progress) {
        long done = 0;
        for (int partition = 0; partition < target.size(); partition++) {
            long start = from.get(partition);
            Progress current = progress.get(partition);
            if (current != null && current.epoch().equals(epoch)) {
                done += Math.max(start, Math.min(current.next(), target.get(partition))) - start;
            }
        }
        return done;
    }

    private static long sum(List<Long> offsets) {
        return offsets.stream().mapToLong(Long::longValue).sum();
    }
}
