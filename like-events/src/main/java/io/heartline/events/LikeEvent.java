package io.heartline.events;

import java.time.Instant;

/**
 * A change of a post's likes. It is complete in itself: {@link LikeEventJson} writes the one form that is stored in Kafka, sent by
 * the gateway and folded by the batch.
 *
 * <p>An instance is always valid. Every id is an {@link Identifier}, and {@code at} is a UTC instant in whole milliseconds between
 * the years 1970 and 9999.
 */
public sealed interface LikeEvent permits Liked, Unliked {

    /**
     * Returns the id of the event, not of the like. If a client retries under the same idempotency key, the id is the same.
     *
     * @return an {@link Identifier}
     */
    String id();

    /**
     * Returns the id of the post.
     *
     * @return an {@link Identifier}
     */
    String postId();

    /**
     * Returns the id of the author, who owns the post and receives the event. It is also the Kafka key, so an author's events are
     * ordered.
     *
     * @return an {@link Identifier}
     */
    String authorId();

    /**
     * Returns the id of the person who liked the post or withdrew the like.
     *
     * @return an {@link Identifier}
     */
    String likerId();

    /**
     * Returns the time of the event by the clock of the app that recorded it. The Kafka record's timestamp is the time of the append.
     *
     * @return an instant in whole milliseconds
     */
    Instant at();

    /**
     * Returns the value of {@code type} in JSON.
     *
     * @return {@code liked} or {@code unliked}
     */
    String type();
}
