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

    /**
     * Returns whether an interval of the digests ended between two moments, in milliseconds since 1970. Intervals end at
     * multiples of their length, so that all instances agree without state.
     *
     * @param last exclusive; -1 if there was no moment before
     */
    boolean hasIntervalEnded(long last, long now) {
        long interval = digestEvery.toMillis();
        return interval > 0 && last >= 0 && now / interval > last / interval;
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
