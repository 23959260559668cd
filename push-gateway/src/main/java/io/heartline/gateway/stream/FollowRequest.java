package io.heartline.gateway.stream;

import java.time.Duration;
import java.util.Set;

/**
 * What a reader asked for.
 *
 * @param authorId whose likes
 * @param posts only these; empty for all
 * @param digestInterval the interval for which the client receives at most one frame with events, as a digest; zero for a
 *     frame for every event
 * @param caller who asks
 */
public record FollowRequest(String authorId, Set<String> posts, Duration digestInterval, Caller caller) {

    public boolean isConflated() {
        return !digestInterval.isZero();
    }

    public static FollowRequest allLikesOf(String authorId) {
        return new FollowRequest(authorId, Set.of(), Duration.ZERO, Caller.named("somebody"));
    }

    public FollowRequest withoutDigest() {
        return new FollowRequest(authorId, posts, Duration.ZERO, caller);
    }

    public boolean wants(LogEntry entry) {
        return posts.isEmpty() || posts.contains(entry.postId());
    }
}
