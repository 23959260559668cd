package io.heartline.reports.fold;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Creates likes without a repeated pair of post and liker in an author's week. */
final class Pairs {

    private static final int DAYS = 7;
    private static final int OF_EACH_LIKER = 2;

    private Pairs() {}

    /** Returns the likes of a number of authors, one week for each. */
    static List<List<LikeEvent>> weeks(int authors, int likes, int posts) {
        List<List<LikeEvent>> weeks = new ArrayList<>();
        for (int author = 0; author < authors; author++) {
            weeks.add(likes("author-" + author, "liker", likes, posts));
        }
        return weeks;
    }

    /**
     * @param crowd group of the likers; two groups have no liker in common
     * @param posts number of posts, at least 2
     */
    static List<LikeEvent> likes(String author, String crowd, int likes, int posts) {
        List<LikeEvent> week = new ArrayList<>();
        for (int i = 0; i < likes; i++) {
            String post = author + "-" + i % posts;
            week.add(new Liked("e-" + i, post, author, crowd + "-" + i / OF_EACH_LIKER, Instant.EPOCH));
        }
        return week;
    }

    static PendingEvents arrivals(List<LikeEvent> events) {
        PendingEvents arrivals = new PendingEvents(KeyedHash.development());
        for (LikeEvent event : events) {
            arrivals.add(event, arrivals.size() % DAYS, arrivals.size());
        }
        return arrivals;
    }
}
