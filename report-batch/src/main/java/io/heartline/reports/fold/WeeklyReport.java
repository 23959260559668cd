package io.heartline.reports.fold;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.reports.fold.Figures.Precision;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One author's week while events are folded into it. It knows the next offset of its partition that it has not seen, and
 * skips every record below it: so a record counts once, however often it is pulled. How it counts is said with the package.
 */
public final class WeeklyReport {

    /** How many posts a report names. */
    public static final int TOP_POSTS = 10;

    /** Up to so many pairs that liked, and as many that withdrew, a report is exact. */
    public static final int EXACT_PAIRS = 16_384;

    /** No stored report has this version, whatever release wrote it. */
    private static final long NOT_STORED = 0;

    private static final double ERROR_STEPS = 10_000;

    final ReportKey key;
    String epoch;
    int generation;
    DistinctCounter likedPairs = new DistinctSet();
    DistinctCounter unlikedPairs = new DistinctSet();
    DistinctCounter likers = new DistinctSet();
    PostCounts posts = new PostCounts();
    long next;
    /** Of the stored document that was loaded; {@link #NOT_STORED} if there is none. */
    long version = NOT_STORED;

    @Nullable
    String erasure;

    /** The check value of the secret that it was last folded under; null if it is empty, or of a release without secrets. */
    @Nullable
    String secretCheck;

    /** Whether its sets also contain hashes under other secrets, or under none. */
    boolean hasMixedSecrets;

    int revision = 1;
    String revisedBy;
    long likedEvents;
    long unlikedEvents;

    /**
     * An empty report that has seen nothing of the log.
     *
     * @param generation how many logs an operator has accepted before this one
     */
    public WeeklyReport(ReportKey key, String epoch, int generation) {
        this.key = key;
        this.epoch = epoch;
        this.generation = generation;
    }

    /**
     * Counts an event, unless this report has it already.
     *
     * @param hash of the liker and the pair
     * @param day of the event's {@code at} in the reports' zone: 0 to 6, Monday first
     * @param offset of the record; offsets of one author's records come in ascending order
     * @return whether the report had not seen the record
     */
    public boolean fold(KeyedHash hash, LikeEvent event, int day, long offset) {
        long liker = hash.hashLiker(event.likerId());
        long pair = hash.hashPair(event.postId(), liker);
        return fold(hash, offset, event instanceof Liked, event.postId(), pair, liker, day);
    }

    /** @return how many of them the report had not seen */
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
            long growth = likedPairs.add(pair, day, likedEvents - likedPairs.count());
            if (growth > 0) {
                posts.add(post, growth);
            }
            likers.add(liker, 0);
        } else {
            unlikedEvents++;
            unlikedPairs.add(pair, 0, unlikedEvents - unlikedPairs.count());
        }
        switchToSketchesIfTooLarge();
        return true;
    }

    /** Keeps the hashes under another secret: the figures stay, and a pair among them counts once more. */
    private void switchSecret(String checkValue) {
        if (!checkValue.equals(secretCheck)) {
            hasMixedSecrets |= !isEmpty();
            secretCheck = checkValue;
        }
    }

    /**
     * Both sets, and the likers with them, turn into sketches at once: {@code precision} says one thing of a whole report,
     * and nobody has to ask which of its figures may be compared to the last digit. There are no more likers than pairs, so
     * they are never the first to be too many.
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

    /** Numbers a correction of a week that was sealed already: once per run that changes it. */
    public void recordCorrection(String runId) {
        if (!runId.equals(revisedBy)) {
            revision++;
            revisedBy = runId;
        }
    }

    public ReportKey key() {
        return key;
    }

    /** Returns whether it was not loaded from a stored document. */
    public boolean isNew() {
        return version == NOT_STORED;
    }

    /** Returns whether no event is folded into it. */
    public boolean isEmpty() {
        return likedEvents + unlikedEvents == 0;
    }

    /** Returns the mark of the author's latest erasure when it was folded; null if the author was never erased. */
    public @Nullable String erasure() {
        return erasure;
    }

    /** Returns an empty report that takes this one's place, because this one is from before an erasure of its author. */
    public WeeklyReport emptyAfterErasure(String erasureMark) {
        WeeklyReport empty = new WeeklyReport(key, epoch, generation);
        empty.version = version;
        empty.erasure = erasureMark;
        return empty;
    }

    /**
     * Returns whether the figures are those of a report that is folded from the same events under this hash. Exact figures do
     * not depend on the secret, unless hashes under several secrets are among them.
     */
    public boolean isComparable(KeyedHash hash) {
        return !hasMixedSecrets
                && (likedPairs instanceof DistinctSet || hash.checkValue().equals(secretCheck));
    }

    /** Skips records below this offset from now on. */
    public void skipBelow(long offset) {
        next = Math.max(next, offset);
    }

    /** Returns the version as which it is stored. */
    public ReportVersion storedVersion() {
        return new ReportVersion(key, version, erasure);
    }

    /**
     * Returns a version for the next save. It is random rather than the next number, so that no two saves have the same one: not
     * those of two instances, and not those of a report that was deleted and of the one that follows it.
     */
    static long randomVersion() {
        return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    }

    /** Of the log it was folded from. */
    public String epoch() {
        return epoch;
    }

    /** The first offset of the author's partition that is not in. */
    public long next() {
        return next;
    }

    /** About how much it takes, in memory and when it is saved. */
    public int memoryBytes() {
        return likedPairs.memoryBytes() + unlikedPairs.memoryBytes() + likers.memoryBytes() + posts.memoryBytes();
    }

    /** What its readers would see if it were saved now. */
    public Figures figures() {
        return ReportDocument.figures(ReportDocument.of(this, version));
    }

    /** Whether {@link #fold} counts in this log: one with the same epoch, accepted the same number of times. */
    public boolean isFoldedFrom(String logEpoch, int logGeneration) {
        return epoch.equals(logEpoch) && generation == logGeneration;
    }

    /** Goes on with another log that an operator has accepted: the figures stay, and none of its records is known yet. */
    public void rebase(String logEpoch, int logGeneration) {
        epoch = logEpoch;
        generation = logGeneration;
        next = 0;
    }

    /** Two independent estimates could have it that more people liked than there are likes. */
    long likers() {
        return Math.min(likers.count(), likedPairs.count());
    }

    /** @param topPosts those that are shown */
    Precision precision(List<PostCounts.Count> topPosts) {
        double error =
                Math.max(likedPairs.relativeError(), Math.max(unlikedPairs.relativeError(), likers.relativeError()));
        long tooHighBy = 0;
        for (PostCounts.Count post : topPosts) {
            tooHighBy = Math.max(tooHighBy, post.tooHighBy);
        }
        return new Precision(
                likedPairs instanceof DistinctSet, Math.ceil(error * ERROR_STEPS) / ERROR_STEPS, tooHighBy);
    }
}
