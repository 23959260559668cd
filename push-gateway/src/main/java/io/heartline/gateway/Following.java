package io.heartline.gateway;

import java.time.Duration;
import java.util.Set;

/**
 * What a reader asked for.
 *
 * @param authorId whose likes
 * @param posts only these; empty for all
 * @param digestEvery at most one frame an interval, as a digest; zero for every event
 */
record Following(String authorId, Set<String> posts, Duration digestEvery) {

    static Following everythingOf(String authorId) {
        return new Following(authorId, Set.of(), Duration.ZERO);
    }

    boolean wants(Entry entry) {
        return posts.isEmpty() || posts.contains(entry.postId());
    }
}
