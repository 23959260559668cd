package io.heartline.reports.fold;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.threeten.extra.YearWeek;

/**
 * One author's week while events are folded into it. It knows the next offset of its partition that it has not seen, and
 * skips every record below it: so a record counts once, however often it is pulled.
 *
 * <p>A pair is a (post, liker). The figures count each pair once and do not depend on the order in which events arrive.
 */
public final class WeeklyReport {

    /** How many posts {@link #topPosts()} names. */
    public static final int TOP_POSTS = 10;

    private static final Hasher64 HASH = Hashing.komihash5_0();

    final Key key;
    String epoch;
    int generation;
    final PairSet likedPairs;
    final PairSet unlikedPairs;
    final PairSet likers;
    final Map<String, Long> likesByPost;
    long next;
    long version;
    int revision;
    String revisedBy;
    long likedEvents;
    long unlikedEvents;

    /** Which report: {@code _id} in MongoDB is {@code <week>/<authorId>}. */
    public record Key(YearWeek week, String authorId) {

        @Override
        public String toString() {
            return week + "/" + authorId;
        }
    }

    /** A post and the number of people who liked it. */
    public record PostLikes(String postId, long likes) {}

    /**
     * An empty report that has seen nothing of the log.
     *
     * @param generation how many logs an operator has accepted before this one
     */
    public WeeklyReport(Key key, String epoch, int generation) {
        this(key, new PairSet(), new PairSet(), new PairSet(), new HashMap<>());
        this.epoch = epoch;
        this.generation = generation;
        this.revision = 1;
    }

    WeeklyReport(Key key, PairSet likedPairs, PairSet unlikedPairs, PairSet likers, Map<String, Long> likesByPost) {
        this.key = key;
        this.likedPairs = likedPairs;
        this.unlikedPairs = unlikedPairs;
        this.likers = likers;
        this.likesByPost = likesByPost;
    }

    /**
     * Counts an event, unless this report has it already.
     *
     * @param day of the event's {@code at} in the reports' zone: 0 to 6, Monday first
     * @param offset of the record; offsets of one author's records come in ascending order
     * @return whether the report had not seen the record
     */
    public boolean fold(LikeEvent event, int day, long offset) {
        if (offset < next) {
            return false;
        }
        next = offset + 1;
        long liker = HASH.hashCharsToLong(event.likerId());
        long pair = HASH.hashLongLongToLong(HASH.hashCharsToLong(event.postId()), liker);
        if (event instanceof Liked) {
            likedEvents++;
            if (likedPairs.add(pair, day)) {
                likesByPost.merge(event.postId(), 1L, Long::sum);
                likers.add(liker, 0);
            }
        } else {
            unlikedEvents++;
            unlikedPairs.add(pair, 0);
        }
        return true;
    }

    /** Numbers a correction of a week that was sealed already: once per run that changes it. */
    public void correct(String runId) {
        if (!runId.equals(revisedBy)) {
            revision++;
            revisedBy = runId;
        }
    }

    public Key key() {
        return key;
    }

    /** Of the log it was folded from. */
    public String epoch() {
        return epoch;
    }

    /** Whether {@link #fold} counts in this log: one with the same epoch, accepted the same number of times. */
    public boolean isOf(String log, int accepted) {
        return epoch.equals(log) && generation == accepted;
    }

    /** Goes on with another log that an operator has accepted: the figures stay, and none of its records is known yet. */
    public void rebase(String log, int accepted) {
        epoch = log;
        generation = accepted;
        next = 0;
    }

    /** Most liked first, ties by id. */
    List<PostLikes> topPosts() {
        return likesByPost.entrySet().stream()
                .map(post -> new PostLikes(post.getKey(), post.getValue()))
                .sorted(Comparator.comparingLong(PostLikes::likes).reversed().thenComparing(PostLikes::postId))
                .limit(TOP_POSTS)
                .toList();
    }
}
