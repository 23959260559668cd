package io.heartline.reports.fold;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Removes one liker from exact reports of one author. A report stores hashes, so a pair is found by the hashes of known posts. These
 * are the report's own posts, and posts of the author's other weeks. Not thread-safe.
 *
 * <p>An estimated report stays as it is, because a register is the result of many hashes. So do hashes under another secret.
 */
public final class LikerRemoval {

    /** The maximum number of posts of other weeks. Their hashes take at most 16 MiB. */
    private static final int MAX_POSTS = 500_000;

    /** The maximum number of pairs that {@link #toBytes} returns: 512 KiB in a document. */
    private static final int MAX_PAIRS = 65_536;

    private final KeyedHash hash;
    private final long liker;
    private final int maxPosts;
    private final int maxPairs;
    private final DistinctSet posts = new DistinctSet();
    private final DistinctSet pairs = new DistinctSet();

    /**
     * Creates a removal that knows no posts of other weeks.
     *
     * @param hash the hash of the reports
     * @param liker the hash of the liker
     */
    public LikerRemoval(KeyedHash hash, long liker) {
        this(hash, liker, MAX_POSTS, MAX_PAIRS);
    }

    /** Creates a removal with other limits. */
    LikerRemoval(KeyedHash hash, long liker, int maxPosts, int maxPairs) {
        this.hash = hash;
        this.liker = liker;
        this.maxPosts = maxPosts;
        this.maxPairs = maxPairs;
    }

    /**
     * Adds posts of one week, which {@link #findPairs} looks for in other weeks. Posts beyond 500,000 are ignored.
     *
     * @param week a report, which is not changed
     */
    public void addPosts(WeeklyReport week) {
        for (String post : week.posts.postIds()) {
            if (posts.count() < maxPosts) {
                posts.add(hash.hashPair(post, liker), 0);
            }
        }
    }

    /**
     * Finds pairs of a report whose posts only other weeks have, up to 65,536. {@link #removeFrom} removes them, too.
     *
     * @param report the report, which is not changed
     */
    public void findPairs(WeeklyReport report) {
        if (report.likedPairs instanceof DistinctSet liked && report.unlikedPairs instanceof DistinctSet unliked) {
            Map<Long, String> own = ownPairs(report);
            for (DistinctSet set : List.of(liked, unliked)) {
                set.forEach(pair -> {
                    if (posts.contains(pair) && !own.containsKey(pair) && pairs.count() < maxPairs) {
                        pairs.add(pair, 0);
                    }
                });
            }
        }
    }

    /**
     * Returns the pairs that were found, so that an interrupted erasure finds them again after the posts were removed.
     *
     * @return eight bytes for each pair
     */
    public byte[] toBytes() {
        return pairs.toBytes();
    }

    /**
     * Adds pairs that were found before.
     *
     * @param bytes the bytes that {@link #toBytes} returned
     */
    public void addPairs(byte[] bytes) {
        for (LongBuffer in = ByteBuffer.wrap(bytes).asLongBuffer(); in.hasRemaining(); ) {
            pairs.add(in.get(), 0);
        }
    }

    /**
     * Removes the liker from a report as far as it is found. The figures then add up as if the removed pairs had never liked. The number
     * of events stays.
     *
     * @param report the report, which is changed
     * @return whether anything was removed
     */
    public boolean removeFrom(WeeklyReport report) {
        if (!(report.likedPairs instanceof DistinctSet liked
                && report.unlikedPairs instanceof DistinctSet unliked
                && report.likers instanceof DistinctSet likers)) {
            return false;
        }
        Map<Long, String> own = ownPairs(report);
        int removed = liked.removeIf(pair -> {
            boolean isOfLiker = own.containsKey(pair) || pairs.contains(pair);
            if (isOfLiker) {
                report.posts.removeLike(own.get(pair));
            }
            return isOfLiker;
        });
        removed += unliked.removeIf(pair -> own.containsKey(pair) || pairs.contains(pair));
        removed += likers.removeIf(each -> each == DistinctSet.normalize(liker));
        return removed > 0;
    }

    /** Returns the pairs of the liker and the report's own posts, liked or not, with the post of each. */
    private Map<Long, String> ownPairs(WeeklyReport report) {
        Map<Long, String> own = new HashMap<>();
        for (String post : report.posts.postIds()) {
            own.put(DistinctSet.normalize(hash.hashPair(post, liker)), post);
        }
        return own;
    }
}
