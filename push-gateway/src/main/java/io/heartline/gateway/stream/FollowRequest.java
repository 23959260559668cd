package io.heartline.gateway.stream;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * A client's request to follow authors.
 *
 * @param authors the authors whose events the client receives, each once, in the order of the request
 * @param namesAuthors whether {@code hello} and digests name the author, as on the resource of several authors
 * @param posts the posts whose events the client receives; empty for all posts
 * @param digestInterval the interval of digests, in which each partition has at most one frame with events. Zero for a frame for
 *     every event
 * @param caller the sender of the request, as limits count it
 */
public record FollowRequest(
        List<String> authors, boolean namesAuthors, Set<String> posts, Duration digestInterval, Caller caller) {

    /**
     * Creates a request to follow one author, whose frames do not name the author.
     *
     * @param authorId the author
     * @param posts as for {@link #posts()}
     * @param digestInterval as for {@link #digestInterval()}
     * @param caller the sender of the request
     */
    public FollowRequest(String authorId, Set<String> posts, Duration digestInterval, Caller caller) {
        this(List.of(authorId), false, posts, digestInterval, caller);
    }

    /**
     * Returns whether the client asks for digests.
     *
     * @return true if it has an interval of digests
     */
    public boolean isConflated() {
        return !digestInterval.isZero();
    }

    /**
     * Returns a request for all events of an author, with a frame for each event.
     *
     * @param authorId the author
     * @return the request, with a caller whose token does not expire
     */
    public static FollowRequest allLikesOf(String authorId) {
        return new FollowRequest(authorId, Set.of(), Duration.ZERO, Caller.named("caller"));
    }

    /**
     * Returns the same request with a frame for each event.
     *
     * @return the request without an interval of digests
     */
    public FollowRequest withoutDigest() {
        return new FollowRequest(authors, namesAuthors, posts, Duration.ZERO, caller);
    }

    /**
     * Returns whether the client asked for events of the entry's post.
     *
     * @param entry an entry of a followed author, which was decoded as an event
     * @return true if the client receives the event, alone or in a digest
     */
    public boolean wants(LogEntry entry) {
        return posts.isEmpty() || posts.contains(entry.postId());
    }
}
