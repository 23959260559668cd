package io.heartline.reports.fold;

import java.util.List;

/**
 * What a report says, without the sets it was counted with.
 *
 * @param revision 1, and one more for every correction after the week was sealed
 * @param likes distinct (post, liker) pairs that liked
 * @param unlikes distinct pairs that withdrew; {@code likes} is gross of them
 * @param likers distinct people who liked
 * @param likedEvents records folded, so that live deliveries can be reconciled; exact in every report
 * @param byDay likes per day, Monday first; they add up to {@code likes} in every report
 * @param topPosts most liked first, ties by id
 */
public record Figures(
        ReportKey key,
        int revision,
        long likes,
        long unlikes,
        long likers,
        long likedEvents,
        long unlikedEvents,
        Precision precision,
        List<Long> byDay,
        List<PostLikes> topPosts) {

    /**
     * Whether the figures were counted or estimated, and how far off they may be.
     *
     * @param exact whether every pair was counted; else likes, unlikes and likers are estimates
     * @param relativeError three standard errors of the least certain of the three, as a share of it; 0 when exact. A day
     *     or a post is a smaller sample, and less certain than the whole
     * @param topPostsTooHighBy how many of a top post's likes may be another post's, at most: 0 unless the author had
     *     likes for more posts than are counted one by one
     */
    public record Precision(boolean exact, double relativeError, long topPostsTooHighBy) {

        public static final Precision EXACT = new Precision(true, 0, 0);
    }

    /** A week in which nothing happened. */
    public static Figures zero(ReportKey key) {
        return new Figures(key, 1, 0, 0, 0, 0, 0, Precision.EXACT, List.of(0L, 0L, 0L, 0L, 0L, 0L, 0L), List.of());
    }
}
