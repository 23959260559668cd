package io.heartline.producer;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import java.time.Instant;

/** What a caller said, checked: an event that lacks only its id. */
record Like(boolean liked, String postId, String authorId, String likerId, Instant at) {

    LikeEvent event(String id) {
        return liked ? new Liked(id, postId, authorId, likerId, at) : new Unliked(id, postId, authorId, likerId, at);
    }
}
