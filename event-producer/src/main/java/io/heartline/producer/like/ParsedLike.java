package io.heartline.producer.like;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import java.time.Instant;

/** A valid like. The event that it becomes only lacks an id. */
record ParsedLike(boolean isLiked, String postId, String authorId, String likerId, Instant at) {

    LikeEvent toEvent(String id) {
        return isLiked ? new Liked(id, postId, authorId, likerId, at) : new Unliked(id, postId, authorId, likerId, at);
    }
}
