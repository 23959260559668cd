package io.heartline.reports.fold;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.reports.fold.ReportStore.ReportVersion;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The report of one author's week while events are folded into it. It stores the next offset of its partition and skips
 * every record below. So a record counts once, however often it is pulled. The package documentation describes how a
 * report counts.
 */
public final class WeeklyReport {

    /** The maximum number of top posts in a report. */
    public static final int TOP_POSTS = 10;

    /** The maximum number of pairs that liked, and of pairs that withdrew, in an exact report. */
    public static final int EXACT_PAIRS = 16_384;

    /** The version of a report that is not stored. No release saves a report with this version. */
    private static final long NOT_STORED = 0;

    final ReportKey key;
    String epoch;
    int generation;
    DistinctCounter likedPairs = new DistinctSet();
    DistinctCounter unlikedPairs = new DistinctSet();
    DistinctCounter likers = new DistinctSet();
    PostCounts posts = new PostCounts();
    long next;
    /** The version of the stored document that was loaded; {@link #NOT_STORED} if there is none. */
    long version = NOT_STORED;

    /** The likes of the week before; null if they were not read yet. */
    @Nullable
    Long previousLikes;

    @Nullable
    String erasure;

    /** The number of the author's latest erasure of a liker that this report includes; 0 for none. */
    long likerErasures;

    /** Returns the first offset whose likes count, by the hash of the liker. */
    private LongUnaryOperator firstCountedOffset = liker -> 0;
    /** The check value of the latest secret; null if the report is empty, or older than secrets. */
    @Nullable
    String secretCheck;

    /** Whether its sets also contain hashes under other secrets, or under none. */
    boolean hasMixedSecrets;

    /** Whether the feed of revisions has to enter the report after the next save. */
    boolean isFeedDue;

    int revision = 1;
    String revisedBy;
    long likedEvents;
    long unlikedEvents;

    /**
     * Creates an empty report that includes no record of the log.
     *
     * @param key the week and the author
     * @param epoch the epoch of the log
     * @param generation the number of offset resets within the epoch
     */
    public WeeklyReport(ReportKey key, String epoch, int generation) {
        this.key = key;
        this.epoch = epoch;
        this.generation = generation;
    }

    /**
     * Counts an event, unless this report already includes its record.
     *
     * @param hash hashes the liker and the pair
     * @param event the event
     * @param day the day of the event's {@code at} in the reports' zone: 0 to 6, Monday first
     * @param offset the offset of the record; the offsets of one author's records ascend
     * @return whether the record was not included before
     */
    public boolean fold(KeyedHash hash, LikeEvent event, int day, long offset) {
        long liker = hash.hashLiker(event.likerId());
        long pair = hash.hashPair(event.postId(), liker);
        return fold(hash, offset, event instanceof Liked, event.postId(), pair, liker, day);
    }

    /**
     * Counts events, except for those events whose records this report already includes.
     *
     * @param events the events, in the order of the log
     * @return the number of records that were not included before
     */
    public int fold(PendingEvents events) {
        int folded = 0;
        for (int i = 0; i < events.size(); i++) {
            if (fold(
                    events.hash(),
                    events.offset(i),
                    events.isLiked(i),
                    events.post(i),
                    events.pair(i),
                    events.liker(i),
                    events.day(i))) {
                folded++;
            }
        }
        return folded;
    }

    private boolean fold(KeyedHash hash, long offset, boolean isLiked, String post, long pair, long liker, int day) {
        if (offset < next) {
            return false;
        }
        next = offset + 1;
        switchSecret(hash.checkValue());
        if (isLiked) {
            likedEvents++;
        } else {
            unlikedEvents++;
        }
        if (offset >= firstCountedOffset.applyAsLong(liker)) {
            count(isLiked, post, pair, liker, day);
        }
        return true;
    }

    private void count(boolean isLiked, String post, long pair, long liker, int day) {
        if (isLiked) {
            long newLikes = likedPairs.add(pair, day, likedEvents - likedPairs.count());
            if (newLikes > 0) {
                posts.add(post, newLikes);
            }
            likers.add(liker, 0);
        } else {
            unlikedPairs.add(pair, 0, unlikedEvents - unlikedPairs.count());
        }
        switchToSketchesIfTooLarge();
    }

    /** Marks the sets as mixed if they contain hashes under another secret. These stay, so their pairs can count once more. */
    private void switchSecret(String checkValue) {
        if (!checkValue.equals(secretCheck)) {
            hasMixedSecrets |= !isEmpty();
            secretCheck = checkValue;
        }
    }

    /**
     * Replaces all three sets by sketches if one of them is too large. They are replaced together, so that {@code
     * precision} applies to the whole report. There are no more likers than pairs, so the likers are never the first
     * set that is too large.
     */
    private void switchToSketchesIfTooLarge() {
        if (likedPairs instanceof DistinctSet liked
                && unlikedPairs instanceof DistinctSet unliked
                && likers instanceof DistinctSet exactLikers
                && (liked.count() > EXACT_PAIRS || unliked.count() > EXACT_PAIRS)) {
            likedPairs = DistinctSketch.of(liked);
            unlikedPairs = DistinctSketch.of(unliked);
            likers = DistinctSketch.of(exactLikers);
        }
    }

    /**
     * Increases the revision of a sealed week that a run corrects, once for each run.
     *
     * @param runId the run
     */
    public void recordCorrection(String runId) {
        if (!runId.equals(revisedBy)) {
            revision++;
            revisedBy = runId;
        }
    }

    /** Lets the feed of revisions enter the report after the next save. */
    public void markFeedDue() {
        isFeedDue = true;
    }

    /** {@return the key of the report: its week and its author} */
    public ReportKey key() {
        return key;
    }

    /** {@return whether the report is new, and not loaded from a stored document} */
    public boolean isNew() {
        return version == NOT_STORED;
    }

    /** {@return whether no event is folded into the report} */
    public boolean isEmpty() {
        return likedEvents + unlikedEvents == 0;
    }

    /** {@return the mark of the author's latest erasure when the report was folded; null if there was none} */
    public @Nullable String erasure() {
        return erasure;
    }

    /** {@return the number of the author's latest erasure of a liker that this report includes; 0 for none} */
    public long likerErasures() {
        return likerErasures;
    }

    /**
     * Excludes erased likers. Their earlier records count in {@code events} only.
     *
     * @param number the number of the author's latest erasure of a liker
     * @param firstCounted returns the first offset that counts, by the hash of the liker; 0 if the liker is not erased
     */
    public void excludeLikers(long number, LongUnaryOperator firstCounted) {
        likerErasures = Math.max(likerErasures, number);
        firstCountedOffset = firstCounted;
    }

    /**
     * Returns an empty report that replaces this one, because its author was erased after it was folded.
     *
     * @param erasureMark the mark of the author's latest erasure
     * @return a report that is saved over the same version
     */
    public WeeklyReport emptyAfterErasure(String erasureMark) {
        WeeklyReport empty = new WeeklyReport(key, epoch, generation);
        empty.version = version;
        empty.erasure = erasureMark;
        return empty;
    }

    /**
     * Returns whether the figures can be compared with a report that is folded from the same events under this hash.
     * Exact figures do not depend on the secret, unless the sets contain hashes under several secrets. An erased liker
     * may remain in figures that are estimated, shared by posts, or of another secret.
     *
     * @param hash the hash of the other report
     * @return whether equal events result in equal figures
     */
    public boolean isComparable(KeyedHash hash) {
        boolean isExact = likedPairs instanceof DistinctSet;
        boolean isSame = hash.checkValue().equals(secretCheck);
        return !hasMixedSecrets && (likerErasures == 0 ? isExact || isSame : isExact && isSame && !posts.isShared());
    }

    /** @param offset all records below it are skipped from now on */
    public void skipBelow(long offset) {
        next = Math.max(next, offset);
    }

    /** {@return the version of the stored document that was loaded, with the key and the mark of the erasure} */
    public ReportVersion storedVersion() {
        return new ReportVersion(key, version, erasure, likerErasures);
    }

    /** {@return the epoch of the log that the report was folded from} */
    public String epoch() {
        return epoch;
    }

    /** {@return the first offset of the author's partition that is not included} */
    public long next() {
        return next;
    }

    /** {@return the approximate size in bytes, in memory and as a document} */
    public int memoryBytes() {
        return likedPairs.memoryBytes() + unlikedPairs.memoryBytes() + likers.memoryBytes() + posts.memoryBytes();
    }

    /** {@return the figures that readers would get if the report were saved now} */
    public Figures figures() {
        return Figures.of(this);
    }

    /**
     * {@return whether offsets of this log are offsets of the report}
     *
     * @param logEpoch the epoch of the log
     * @param logGeneration the number of offset resets within the epoch
     */
    public boolean isFoldedFrom(String logEpoch, int logGeneration) {
        return epoch.equals(logEpoch) && generation == logGeneration;
    }

    /**
     * Continues with another log that an operator has accepted. The figures stay, and no record of that log is included
     * yet.
     *
     * @param logEpoch the epoch of the log
     * @param logGeneration the number of offset resets within the epoch
     */
    public void rebase(String logEpoch, int logGeneration) {
        epoch = logEpoch;
        generation = logGeneration;
        next = 0;
    }
}
