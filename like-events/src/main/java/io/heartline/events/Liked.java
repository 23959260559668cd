package io.heartline.events;

import java.time.Instant;

/**
 * A person liked a post.
 *
 * @param id the id of the event
 * @param postId the id of the post
 * @param authorId the id of the author of the post
 * @param likerId the id of the person
 * @param at the time by the clock of the app, in whole milliseconds
 */
public record Liked(String id, String postId, String authorId, String likerId, Instant at) implements LikeEvent {

    /** The value of {@code type} in JSON. */
    public static final String TYPE = "liked";

    /**
     * Checks the fields, and cuts the time off to milliseconds.
     *
     * @param id the id of the event
     * @param postId the id of the post
     * @param authorId the id of the author of the post
     * @param likerId the id of the person
     * @param at the time by the clock of the app
     * @throws IllegalArgumentException if a field breaks the contract; the message names the first such field
     */
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
