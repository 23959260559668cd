package io.heartline.producer.like;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A valid like. The event that it becomes only lacks an id.
 *
 * @param key the like's own {@code id}, which identifies the event as an idempotency key does; null if it has none
 */
record ParsedLike(
        boolean isLiked,
        String postId,
        String authorId,
        String likerId,
        Instant at,
        @Nullable IdempotencyKey key) {

    String type() {
        return isLiked ? Liked.TYPE : Unliked.TYPE;
    }

    LikeEvent toEvent(String id) {
        return isLiked ? new Liked(id, postId, authorId, likerId, at) : new Unliked(id, postId, authorId, likerId, at);
    }
}
