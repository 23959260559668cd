package io.heartline.producer.like;

import io.heartline.events.LikeEvent;
import io.heartline.producer.trace.RequestSpan;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one request's bodies become: events of a caller, named by a key if there is one.
 *
 * @param key null without
 * @param span of the request
 * @param expiresAt when the caller's token begins to be refused, clock skew included; null without a token
 */
public record IngestRequest(
        LikeParser parser,
        EventIds eventIds,
        String caller,
        IdempotencyKey key,
        RequestSpan span,
        @Nullable Instant expiresAt) {

    /** The most bytes of a like. */
    public static final int MAX_LIKE_BYTES = 16 * 1024;

    /** @throws RefusedException if it is no like */
    public LikeEvent toEvent(byte[] bytes, int offset, int length) {
        ParsedLike like = parser.parse(bytes, offset, length);
        return like.toEvent(key == null ? eventIds.newId() : eventIds.keyedId(caller, key, bytes, offset, length));
    }

    /**
     * The same for a line of a stream.
     *
     * @param number from 1
     */
    public LikeEvent toEvent(long number, byte[] bytes, int offset, int length) {
        ParsedLike like = parser.parse(bytes, offset, length);
        return like.toEvent(
                key == null ? eventIds.newId() : eventIds.keyedId(caller, key.forLine(number), bytes, offset, length));
    }
}
