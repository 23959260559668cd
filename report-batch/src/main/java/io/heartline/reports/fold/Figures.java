package io.heartline.reports.fold;

import io.heartline.reports.fold.WeeklyReport.Key;
import io.heartline.reports.fold.WeeklyReport.PostLikes;
import java.util.List;

/**
 * What a report says, without the sets it was counted with.
 *
 * @param revision 1, and one more for every correction after the week was sealed
 * @param likes distinct (post, liker) pairs that liked
 * @param unlikes distinct pairs that withdrew; {@code likes} is gross of them
 * @param likers distinct people who liked
 * @param likedEvents records folded, so that live deliveries can be reconciled
 * @param byDay likes per day, Monday first
 * @param topPosts most liked first
 */
public record Figures(
        Key key,
        int revision,
        int likes,
        int unlikes,
        int likers,
        long likedEvents,
        long unlikedEvents,
        List<Integer> byDay,
        List<PostLikes> topPosts) {

    /** A week in which nothing happened. */
    public static Figures none(Key key) {
        return new Figures(key, 1, 0, 0, 0, 0, 0, List.of(0, 0, 0, 0, 0, 0, 0), List.of());
    }
}
