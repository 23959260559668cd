package io.heartline.events;

import java.time.Instant;

/**
 * Something that happened to a post's likes. Complete in itself: the Kafka value, what the gateway passes on and what the
 * batch folds are all this one event as written by {@link LikeEventJson}.
 *
 * <p>An instance is always valid: every id is an {@link Identifier}, {@code at} is a UTC instant in whole milliseconds
 * between the years 1970 and 9999.
 */
public sealed interface LikeEvent permits Liked, Unliked {

    /** Names the event, not the like: a client's retry under the same idempotency key has the same id. */
    String id();

    String postId();

    /** Who owns the post and is told. Also the Kafka key, so an author's events are ordered. */
    String authorId();

    /** Who acted. */
    String likerId();

    /** When it happened, by the app that saw it; when it was logged is the Kafka record's timestamp. */
    Instant at();

    /** The JSON's {@code type}: {@code liked} or {@code unliked}. */
    String type();
}
