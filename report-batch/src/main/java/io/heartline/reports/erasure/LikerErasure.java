package io.heartline.reports.erasure;

import io.heartline.reports.progress.Progress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * An erasure of one liker from the reports of one author: no like that was logged before it is counted again. A report stores the number
 * of the latest erasure that it includes. So a report of the author with a lower number was folded before this erasure.
 *
 * @param id the author and the number, in the order of the numbers
 * @param number higher than the numbers of all earlier erasures of the author's likers
 * @param liker the hash of the liker; the id is not stored
 * @param secretCheck the check value of the secret of this hash
 * @param sweepAt when to look again for reports that were folded before the erasure and saved after it
 * @param isComplete true when the liker is removed from all reports; null before
 * @param pairs hashes of the liker's pairs that only posts of other weeks lead to; null before they are found, and after completion
 * @param epoch of the log that {@code through} belongs to; null, like the next three, until the erasure is settled
 * @param generation the number of offset resets, as in {@link Progress}
 * @param partition the partition of the author
 * @param through the first offset that counts
 */
@Document(LikerErasureStore.COLLECTION)
record LikerErasure(
        @Id String id,
        String authorId,
        long number,
        long liker,
        String secretCheck,
        Instant erasedAt,
        Instant sweepAt,
        @Nullable Boolean isComplete,
        byte @Nullable [] pairs,
        @Nullable String epoch,
        @Nullable Integer generation,
        @Nullable Integer partition,
        @Nullable Long through) {

    static LikerErasure requested(String authorId, long number, long liker, String secretCheck, Instant now) {
        String id = "%s/%016x".formatted(authorId, number);
        return new LikerErasure(id, authorId, number, liker, secretCheck, now, now, null, null, null, null, null, null);
    }

    /** Returns whether some report may still have the liker. */
    boolean isIncomplete() {
        return !Boolean.TRUE.equals(isComplete);
    }

    /** Returns whether the pairs still have to be found. */
    boolean arePairsMissing() {
        return isIncomplete() && pairs == null;
    }

    /** Returns whether the offset up to which likes are excluded is stored. */
    boolean isSettled() {
        return through != null;
    }

    /** Returns the end of the partition that the likes before the erasure are below. The erasure must be settled. */
    EndOffsets.EndOffset end() {
        return new EndOffsets.EndOffset(epoch, partition, through);
    }

    /** Returns the first offset of the author's partition that counts; 0 as in {@link Erasure#firstCountedOffset}. */
    long firstCountedOffset(Progress progress) {
        return isSettled() ? Erasure.firstCountedOffset(progress, epoch, generation, through) : Long.MAX_VALUE;
    }
}
