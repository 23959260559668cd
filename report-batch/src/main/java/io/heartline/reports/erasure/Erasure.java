package io.heartline.reports.erasure;

import io.heartline.events.LikesTopic;
import io.heartline.reports.progress.Progress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * The latest erasure of one author: no like that was logged before it is counted again. Reports that were folded after it carry
 * its mark, so a report of the author without the mark was folded before it.
 *
 * @param mark random, another one for each erasure
 * @param sweepAt when to look again for reports that were folded before the erasure and saved after it
 * @param epoch of the log that {@code through} belongs to; null, like the next three, until the erasure is settled
 * @param generation the number of offset resets, as in {@link Progress}
 * @param partition the partition of the author
 * @param through the first offset that counts
 * @param isInFeed true when the feed of revisions has the erasure; null before, and in erasures of earlier releases
 */
@Document(ErasureStore.COLLECTION)
public record Erasure(
        @Id String authorId,
        String mark,
        Instant erasedAt,
        Instant sweepAt,
        @Nullable String epoch,
        @Nullable Integer generation,
        @Nullable Integer partition,
        @Nullable Long through,
        @Nullable Boolean isInFeed) {

    /** While the log keeps likes, the erasure is needed to exclude them. */
    private static final Duration MIN_AGE = LikesTopic.RETENTION;

    /** The interval between two checks whether a log with a longer retention still has the likes. */
    private static final Duration SWEEP_INTERVAL = Duration.ofDays(1);

    static Erasure requested(String authorId, String mark, Instant now) {
        return new Erasure(authorId, mark, now, now, null, null, null, null, null);
    }

    /** Returns whether the offset up to which likes are excluded is stored. */
    boolean isSettled() {
        return through != null;
    }

    /** Returns the end of the partition that the likes before the erasure are below. The erasure must be settled. */
    EndOffsets.EndOffset end() {
        return new EndOffsets.EndOffset(epoch, partition, through);
    }

    /** Returns whether the feed of revisions still has to enter the erasure. */
    boolean isMissingInFeed() {
        return !Boolean.TRUE.equals(isInFeed);
    }

    /**
     * Returns the first offset of the author's partition that counts.
     *
     * @param progress of the author's partition
     * @return 0 if the erasure is of another log or was settled before an offset reset, {@link Long#MAX_VALUE} if it is not settled
     */
    public long firstCountedOffset(Progress progress) {
        return isSettled() ? firstCountedOffset(progress, epoch, generation, through) : Long.MAX_VALUE;
    }

    /** Returns {@code through}, or 0 if that is an offset of another log, or from before an offset reset. */
    static long firstCountedOffset(Progress progress, String epoch, int generation, long through) {
        // If progress was lost or restored from a backup, its generation is lower. Its offsets are still of this log.
        return progress.epoch().equals(epoch) && progress.generation() <= generation ? through : 0;
    }

    boolean isPastRetention(Instant now) {
        return isPastRetention(erasedAt, now);
    }

    /** Returns whether a log with the usual retention has lost all likes from before the erasure. */
    static boolean isPastRetention(Instant erasedAt, Instant now) {
        return !now.isBefore(erasedAt.plus(MIN_AGE));
    }

    /**
     * Returns when to sweep next: at twice the present age, and once more when the erasure is old. So a report of an instance
     * that was paused for a time stays for at most as long again. An erasure costs about a dozen sweeps in all.
     */
    Instant nextSweep(Instant now) {
        return nextSweep(erasedAt, now);
    }

    static Instant nextSweep(Instant erasedAt, Instant now) {
        if (isPastRetention(erasedAt, now)) {
            return now.plus(SWEEP_INTERVAL);
        }
        Instant doubled = now.plus(Duration.between(erasedAt, now));
        Instant old = erasedAt.plus(MIN_AGE);
        return doubled.isBefore(old) ? doubled : old;
    }
}
