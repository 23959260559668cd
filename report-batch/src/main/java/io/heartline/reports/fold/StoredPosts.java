package io.heartline.reports.fold;

import io.heartline.reports.fold.Figures.PostLikes;
import java.util.List;

/**
 * All posts of a week that a report stores, by id.
 *
 * @param posts at most 2 000 posts, in ascending order of their ids
 * @param isComplete whether each post of the week is among them with its own likes. Beyond 2 000 posts it is
 *     false, because a new post then replaces another one and continues from its likes. It is false in a week with sketches, too,
 *     because a post whose few likes do not change the sketch has no likes
 */
public record StoredPosts(List<PostLikes> posts, boolean isComplete) {

    /** The posts of a week without events. */
    public static final StoredPosts NONE = new StoredPosts(List.of(), true);

    /**
     * Reads the posts of a document.
     *
     * @param exact the field {@code exact}
     * @param bytes the posts, as {@link PostCounts#toBytes()} returned them
     */
    static StoredPosts of(boolean exact, byte[] bytes) {
        List<PostCounts.Count> counts = PostCounts.of(bytes).sortedById();
        return new StoredPosts(
                counts.stream()
                        .map(count -> new PostLikes(count.postId, count.likes))
                        .toList(),
                exact && counts.stream().allMatch(count -> count.tooHighBy == 0));
    }
}
