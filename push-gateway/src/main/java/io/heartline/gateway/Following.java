package io.heartline.gateway;

import java.time.Duration;
import java.util.Set;

/**
 * What a reader asked for.
 *
 * @param authorId whose likes
 * @param posts only these; empty for all
 * @param digestEvery the interval for which the client receives at most one frame with events, as a digest; zero for a
 *     frame for every event
 * @param caller who asks
 */
record Following(String authorId, Set<String> posts, Duration digestEvery, Caller caller) {

    boolean isConflated() {
        return !digestEvery.isZero();
    }

    static Following everythingOf(String authorId) {
        return new Following(authorId, Set.of(), Duration.ZERO, Caller.named("somebody"));
    }

    Following oneByOne() {
        return new Following(authorId, posts, Duration.ZERO, caller);
    }

    boolean wants(Entry entry) {
        return posts.isEmpty() || posts.contains(entry.postId());
    }
}
