package io.heartline.reports.fold;

import java.util.Arrays;
import java.util.List;

/**
 * The figures of a report, without the sets that they are computed from.
 *
 * @param key the week and the author
 * @param revision 1, and one more for each run that corrected the sealed week
 * @param likes distinct (post, liker) pairs that liked
 * @param unlikes distinct pairs that withdrew a like; they are not subtracted from {@code likes}
 * @param likers distinct people who liked
 * @param likedEvents folded records of likes, for a comparison with live deliveries; exact in every report
 * @param unlikedEvents folded records of withdrawn likes; exact in every report
 * @param precision whether the figures are exact
 * @param byDay likes of each day, Monday first; they add up to {@code likes} in every report
 * @param topPosts the most liked posts, most liked first, ties by id
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

    private static final double ERROR_STEPS = 10_000;

    /**
     * Whether the figures were counted or estimated, and the size of their errors.
     *
     * @param exact whether every pair was counted; otherwise likes, unlikes and likers are estimates
     * @param relativeError three standard errors of the least certain of the three, as a fraction of it; 0 if exact. The
     *     figure of a day or a post has a larger relative error, because it is a smaller sample
     * @param topPostsTooHighBy the maximum number of a top post's likes that may belong to another post; 0 if
     *     each post has its own counter
     */
    public record Precision(boolean exact, double relativeError, long topPostsTooHighBy) {

        /** The precision of exact figures. */
        public static final Precision EXACT = new Precision(true, 0, 0);
    }

    /**
     * A post and its likes in one week.
     *
     * @param postId the post
     * @param likes the number of people who liked it
     */
    public record PostLikes(String postId, long likes) {}

    /**
     * Returns the figures of a week without events.
     *
     * @param key the week and the author
     * @return figures of zeros
     */
    public static Figures zero(ReportKey key) {
        return new Figures(key, 1, 0, 0, 0, 0, 0, Precision.EXACT, List.of(0L, 0L, 0L, 0L, 0L, 0L, 0L), List.of());
    }

    /**
     * Returns the same figures with another revision.
     *
     * @param other the other revision, from 1
     * @return a copy
     */
    public Figures withRevision(int other) {
        return new Figures(key, other, likes, unlikes, likers, likedEvents, unlikedEvents, precision, byDay, topPosts);
    }

    /**
     * Returns the figures of a report as they would be stored now. The number of likers is limited to the number of likes, because two
     * independent estimates could contradict each other.
     */
    static Figures of(WeeklyReport report) {
        List<PostCounts.Count> topPosts = report.posts.top(WeeklyReport.TOP_POSTS);
        return new Figures(
                report.key,
                report.revision,
                report.likedPairs.count(),
                report.unlikedPairs.count(),
                Math.min(report.likers.count(), report.likedPairs.count()),
                report.likedEvents,
                report.unlikedEvents,
                precision(report, topPosts),
                Arrays.stream(report.likedPairs.byDay()).boxed().toList(),
                topPosts.stream()
                        .map(post -> new PostLikes(post.postId, post.likes))
                        .toList());
    }

    private static Precision precision(WeeklyReport report, List<PostCounts.Count> topPosts) {
        double error = Math.max(
                report.likedPairs.relativeError(),
                Math.max(report.unlikedPairs.relativeError(), report.likers.relativeError()));
        long tooHighBy =
                topPosts.stream().mapToLong(post -> post.tooHighBy).max().orElse(0);
        double roundedError = Math.ceil(error * ERROR_STEPS) / ERROR_STEPS;
        return new Precision(report.likedPairs instanceof DistinctSet, roundedError, tooHighBy);
    }
}
