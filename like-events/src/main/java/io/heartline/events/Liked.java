package io.heartline.events;

import java.time.Instant;

/** A person liked a post. */
public record Liked(String id, String postId, String authorId, String likerId, Instant at) implements LikeEvent {

    /** The value of {@code type} in JSON. */
    public static final String TYPE = "liked";

    /** @throws IllegalArgumentException naming the first field that breaks the contract */
    public Liked {
        Identifier.require("id", id);
        Identifier.require("postId", postId);
        Identifier.require("authorId", authorId);
        Identifier.require("likerId", likerId);
        at = EventTime.require(at);
    }

    @Override
    public String type() {
        return TYPE;
    }
}
