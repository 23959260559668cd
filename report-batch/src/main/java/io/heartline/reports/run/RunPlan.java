package io.heartline.reports.run;

import io.heartline.events.LikesLog;
import io.heartline.reports.failure.LogGapException;
import io.heartline.reports.progress.LogSnapshot;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.Progress.Unstable;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The offsets, by partition, that a run has to reach. The first instance that executes the run stores them, and all instances
 * fold up to them.
 *
 * @param epoch of the log that the offsets belong to
 * @param startedAt just before Kafka was asked for the end offsets: the run includes everything that was logged by then
 * @param from the first offset to fold, inclusive, by partition
 * @param target the last stable offset, exclusive, by partition
 * @param highWatermarks asked for just before {@code target}, by partition. {@link #UNREACHABLE} stands for a partition without an
 *     answer, where there is nothing to fold. Null in runs that an older version planned
 * @param published the lowest {@code asOf} of all partitions before this run. Weeks that were sealed by then are corrected with a
 *     revision. Null if a partition was never folded to its end
 */
public record RunPlan(
        String epoch,
        Instant startedAt,
        List<Long> from,
        List<Long> target,
        @Nullable List<Long> highWatermarks,
        @Nullable Instant published) {

    /** Stands for the high watermark of a partition whose leader did not answer. */
    static final long UNREACHABLE = -1;

    /**
     * {@return the plan to fold everything up to the ends in a snapshot} Unreachable partitions have nothing to fold.
     *
     * @param snapshot with the progress of each reachable partition
     */
    public static RunPlan of(LogSnapshot snapshot) {
        IntToLongFunction next = partition -> snapshot.progress().containsKey(partition)
                ? snapshot.progress().get(partition).next()
                : 0;
        IntToLongFunction end =
                partition -> snapshot.isReachable(partition) ? snapshot.end(partition) : next.applyAsLong(partition);
        IntToLongFunction highWatermark = partition -> snapshot.isReachable(partition)
                ? snapshot.bounds().get(partition).highWatermark()
                : UNREACHABLE;
        return new RunPlan(
                snapshot.log().epoch(),
                snapshot.takenAt(),
                byPartition(snapshot, next),
                byPartition(snapshot, end),
                byPartition(snapshot, highWatermark),
                snapshot.publishedAsOf());
    }

    private static List<Long> byPartition(LogSnapshot snapshot, IntToLongFunction offset) {
        return IntStream.range(0, snapshot.log().partitions())
                .mapToLong(offset)
                .boxed()
                .toList();
    }

    /** {@return the number of records to fold, in all partitions together} */
    public long total() {
        return sum(target) - sum(from);
    }

    /** Returns the number of records that are folded. */
    long done(Map<Integer, Progress> progress) {
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

    /**
     * {@return the number of records that are not folded yet}
     *
     * @param progress by partition; without progress, or with progress of another log, no record of a partition is folded
     */
    public long remaining(Map<Integer, Progress> progress) {
        return total() - done(progress);
    }

    /**
     * {@return whether all instances together have folded everything}
     *
     * @param progress by partition
     */
    public boolean isReached(Map<Integer, Progress> progress) {
        return remaining(progress) == 0;
    }

    /**
     * {@return the number of records that are not folded yet, including records that wait for a transaction}
     *
     * @param progress by partition
     */
    public long lag(Map<Integer, Progress> progress) {
        long unstable = 0;
        for (int partition = 0; highWatermarks != null && partition < target.size(); partition++) {
            unstable += Math.max(0, highWatermarks.get(partition) - target.get(partition));
        }
        return remaining(progress) + unstable;
    }

    /**
     * Returns this plan with the present published {@code asOf}, if it is later. Another instance may have advanced
     * {@code asOf} since the plan. Weeks that are sealed by then are corrected with a revision, too.
     *
     * @param progress by partition, as it is stored now
     * @return a plan with a later {@code published}, or this plan
     */
    public RunPlan withPublishedAsOf(Map<Integer, Progress> progress) {
        Instant now = Progress.asOf(progress, target.size());
        boolean isLater = now != null && (published == null || now.isAfter(published));
        return isLater ? new RunPlan(epoch, startedAt, from, target, highWatermarks, now) : this;
    }

    /**
     * {@return whether the partition's target includes everything that was logged before {@code startedAt}} It is unknown,
     * and therefore false, in a plan without high watermarks.
     *
     * @param partition the partition's number, from 0
     */
    public boolean isStable(int partition) {
        return highWatermarks != null && target.get(partition) >= highWatermarks.get(partition);
    }

    /**
     * {@return what an open transaction holds back in a partition; null if nothing is held back or if it is unknown}
     *
     * @param partition the partition's number, from 0
     */
    public @Nullable Unstable unstable(int partition) {
        return highWatermarks == null || isStable(partition)
                ? null
                : new Unstable(highWatermarks.get(partition), startedAt);
    }

    /** {@return the partitions whose leader did not answer when the run was planned, in ascending order} */
    public List<Integer> unreachable() {
        return highWatermarks == null
                ? List.of()
                : IntStream.range(0, highWatermarks.size())
                        .filter(partition -> highWatermarks.get(partition) == UNREACHABLE)
                        .boxed()
                        .toList();
    }

    /** {@return why the run fails although everything that it has to fold is folded; null if it does not fail} */
    public @Nullable String incompleteReason() {
        return unreachable().isEmpty()
                ? null
                : "Kafka: partition "
                        + unreachable().stream().map(String::valueOf).collect(Collectors.joining(", "))
                        + " has no leader, or it did not answer; all other partitions are folded";
    }

    /**
     * Checks that the topic is still the log of this plan.
     *
     * @param log the log as Kafka describes it now
     * @throws LogGapException if the topic was created anew since the run was planned
     */
    public void requireSameLog(LikesLog log) {
        if (!log.epoch().equals(epoch)) {
            throw new LogGapException("the topic has become another log since this run began");
        }
    }

    /**
     * Checks that progress belongs to the log of this plan.
     *
     * @param progress of any partitions
     * @throws LogGapException if an operator has accepted another log since the run was planned
     */
    public void requireSameOffsets(Collection<Progress> progress) {
        for (Progress current : progress) {
            if (!current.epoch().equals(epoch)) {
                throw LogGapException.offsetsReset(current.partition());
            }
        }
    }

    private static long sum(List<Long> offsets) {
        return offsets.stream().mapToLong(Long::longValue).sum();
    }
}
