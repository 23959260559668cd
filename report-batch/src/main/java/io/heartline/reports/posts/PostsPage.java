package io.heartline.reports.posts;

import io.heartline.reports.fold.Figures.PostLikes;
import io.heartline.reports.fold.StoredPosts;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;

/**
 * A page of a week's posts, as the API returns it.
 *
 * @param items the posts, in ascending order of their ids
 * @param next the cursor of the next page; null if this page is the last
 * @param complete whether the week's list has every post with its own likes
 */
public record PostsPage(List<PostLikes> items, @Nullable String next, boolean complete) {

    /** Returns the page after the cursor; the first page if the cursor is null. */
    static PostsPage of(StoredPosts stored, YearWeek week, @Nullable PostCursor after, int limit) {
        List<PostLikes> posts = stored.posts();
        int start = after == null ? 0 : indexAfter(posts, after.postId());
        int end = Math.min(posts.size(), start + limit);
        String next = end == posts.size()
                ? null
                : new PostCursor(week, posts.get(end - 1).postId()).toString();
        return new PostsPage(posts.subList(start, end), next, stored.isComplete());
    }

    /** Returns the index of the first post with a greater id. The post of the cursor may have been replaced. */
    private static int indexAfter(List<PostLikes> posts, String postId) {
        int index = 0;
        while (index < posts.size() && posts.get(index).postId().compareTo(postId) <= 0) {
            index++;
        }
        return index;
    }
}
