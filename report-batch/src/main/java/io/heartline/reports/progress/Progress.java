package io.heartline.reports.progress;

import io.heartline.events.LikesLog;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * The progress of one partition. Reports and runs are compared with it.
 *
 * @param epoch of the log that {@code next} belongs to
 * @param generation the number of offset resets within the epoch; see {@link OffsetReset}
 * @param partitions of that log
 * @param next the first offset that is not folded yet
 * @param leaderEpoch of the last record that was folded, by which Kafka detects a log that was rewritten; or null
 * @param asOf everything that was logged by then is folded; null until a run has reached the partition's end once
 * @param acceptedAt when an operator has reset the offsets last; or null
 * @param owner the instance that has leased the partition, or null; no figure depends on it
 * @param leasedUntil when other instances may take it over
 * @param unstable what an open transaction held back in an earlier snapshot; null if none ever did
 * @param stamp random; another one whenever reports of the partition may change without {@code next}: a lease has begun, or reports
 *     were deleted. Null if an earlier release has stored the progress
 */
@Document(ProgressDocument.COLLECTION)
public record Progress(
        @Id int partition,
        String epoch,
        int generation,
        int partitions,
        long next,
        Integer leaderEpoch,
        Instant asOf,
        Instant acceptedAt,
        String owner,
        Instant leasedUntil,
        @Nullable Unstable unstable,
        @Nullable Long stamp) {

    /**
     * Records that an open transaction holds back. When {@code next} has reached the high watermark, everything that was logged by
     * {@code seen} is folded, however many transactions have begun since.
     *
     * @param highWatermark of the partition, exclusive
     * @param seen just before the high watermark was asked for
     */
    public record Unstable(long highWatermark, Instant seen) {

        /**
         * {@return whether the records that were held back are folded}
         *
         * @param next the first offset of the partition that is not folded yet
         */
        public boolean isReached(long next) {
            return next >= highWatermark;
        }
    }

    /**
     * {@return the lowest {@code asOf} of all partitions; null while a partition has no progress or was never folded to its
     * end}
     *
     * @param all progress by partition
     * @param partitions the number of partitions of the log
     */
    public static @Nullable Instant asOf(Map<Integer, Progress> all, int partitions) {
        boolean isComplete =
                all.size() >= partitions && all.values().stream().allMatch(progress -> progress.asOf != null);
        return isComplete
                ? all.values().stream()
                        .map(Progress::asOf)
                        .min(Instant::compareTo)
                        .orElse(null)
                : null;
    }

    /**
     * {@return the progress of a partition that was never folded, without a lease}
     *
     * @param partition the partition's number, from 0
     * @param epoch of the log
     * @param partitions the number of partitions of that log
     * @param start the first offset to fold, inclusive
     */
    public static Progress initial(int partition, String epoch, int partitions, long start) {
        return new Progress(partition, epoch, 0, partitions, start, null, null, null, null, null, null, randomStamp());
    }

    /**
     * {@return this progress at a later offset} The lease stays the same, and {@code asOf} is never set back.
     *
     * @param offset the first offset that is not folded yet
     * @param lastLeaderEpoch null if no record had one
     * @param newAsOf null if the end is not reached yet
     * @param newUnstable what an open transaction holds back above the target, if the target is reached; or null
     */
    public Progress advancedTo(
            long offset, @Nullable Integer lastLeaderEpoch, @Nullable Instant newAsOf, @Nullable Unstable newUnstable) {
        boolean isReached = unstable == null || unstable.isReached(offset);
        Instant provenAsOf = newAsOf == null && unstable != null && isReached ? unstable.seen() : newAsOf;
        return new Progress(
                partition,
                epoch,
                generation,
                partitions,
                offset,
                lastLeaderEpoch == null ? leaderEpoch : lastLeaderEpoch,
                provenAsOf == null || asOf != null && asOf.isAfter(provenAsOf) ? asOf : provenAsOf,
                acceptedAt,
                owner,
                leasedUntil,
                isReached && newUnstable != null ? newUnstable : unstable,
                stamp);
    }

    /** Returns this progress at an offset of the log, after a reset. */
    Progress resetTo(LikesLog log, int newGeneration, long offset, Instant now) {
        return new Progress(
                partition,
                log.epoch(),
                newGeneration,
                log.partitions(),
                offset,
                null,
                asOf,
                now,
                null,
                null,
                null,
                randomStamp());
    }

    static long randomStamp() {
        return ThreadLocalRandom.current().nextLong();
    }

    /**
     * {@return whether no report of the partition has changed between the two} A report that was saved by an instance without a
     * valid lease is not noticed; it does not have fewer events than progress promises.
     *
     * @param other progress of the same partition that was read at another time
     */
    public boolean hasSameReports(Progress other) {
        return next == other.next
                && partitions == other.partitions
                && hasSameOffsets(other)
                && Objects.equals(stamp, other.stamp);
    }

    /**
     * {@return whether an instance may be folding the partition, so that reports may change at any time}
     *
     * @param now the time by the caller's clock
     */
    public boolean isLeased(Instant now) {
        return owner != null && (leasedUntil == null || leasedUntil.isAfter(now));
    }

    /**
     * {@return whether no offset was reset between the two}
     *
     * @param other progress of the same partition that was read at another time
     */
    public boolean hasSameOffsets(Progress other) {
        return epoch.equals(other.epoch) && generation == other.generation;
    }
}
