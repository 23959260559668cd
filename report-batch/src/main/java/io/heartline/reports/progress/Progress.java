package io.heartline.reports.progress;

import io.heartline.events.LikesLog;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * How far one partition is folded: the authority on it.
 *
 * @param epoch of the log that {@code next} counts in
 * @param generation how often somebody had to say that positions count anew; see {@link OffsetReset}
 * @param partitions of that log
 * @param next the first offset that is not folded yet
 * @param leaderEpoch of the last record folded, by which Kafka tells a log that was rewritten behind our back; or null
 * @param asOf everything logged up to then is folded; null until a run has reached the partition's end once
 * @param acceptedAt when somebody said so last, or null
 * @param owner the instance that is folding it, or null; a courtesy between instances, on which no figure depends
 * @param leasedUntil when others may take it over
 * @param unstable what the last look found above an open transaction; null if none ever did
 */
@Document("progress")
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
        @Nullable Unstable unstable) {

    /**
     * What an open transaction holds back. Once {@code next} has reached the high watermark, everything logged up to then is
     * folded, however many transactions have begun meanwhile.
     *
     * @param highWatermark of the partition, exclusive
     * @param seen just before the high watermark was asked for
     */
    public record Unstable(long highWatermark, Instant seen) {

        public boolean isReached(long next) {
            return next >= highWatermark;
        }
    }

    /** Returns the lowest {@code asOf} of all partitions, which readers go by; null while one was never read to its end. */
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

    /** Where a partition stands that was never folded. */
    public static Progress initial(int partition, String epoch, int partitions, long start) {
        return new Progress(partition, epoch, 0, partitions, start, null, null, null, null, null, null);
    }

    /**
     * The same, further on.
     *
     * @param lastLeaderEpoch null if no record told
     * @param newAsOf null if the end is not reached yet
     * @param newUnstable what the run found above its target, if the target is reached; or null
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
                isReached && newUnstable != null ? newUnstable : unstable);
    }

    /** The same figures, in positions that start anew. */
    Progress resetTo(LikesLog log, int newGeneration, long offset, Instant now) {
        return new Progress(
                partition, log.epoch(), newGeneration, log.partitions(), offset, null, asOf, now, null, null, null);
    }

    /** Whether both count in the same positions. */
    public boolean hasSameOffsets(Progress other) {
        return epoch.equals(other.epoch) && generation == other.generation;
    }
}
