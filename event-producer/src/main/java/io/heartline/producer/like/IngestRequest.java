package io.heartline.producer.like;

import io.heartline.events.LikeEvent;
import io.heartline.producer.trace.RequestSpan;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request to log likes. It creates the events of its body or of its lines.
 *
 * @param parser parses the body or a line
 * @param eventIds creates the ids of events
 * @param caller name of the caller
 * @param key idempotency key; null if the request has none
 * @param span span of the request
 * @param expiresAt time from which the caller's token is refused, clock skew included; null without a token
 */
public record IngestRequest(
        LikeParser parser,
        EventIds eventIds,
        String caller,
        @Nullable IdempotencyKey key,
        RequestSpan span,
        @Nullable Instant expiresAt) {

    /** The maximum size of a like in bytes. */
    public static final int MAX_LIKE_BYTES = 16 * 1024;

    /**
     * Creates the event of a request with a single like.
     *
     * @param bytes array that contains the body
     * @param offset index of the body's first byte
     * @param length number of bytes of the body
     * @return the event
     * @throws RefusedException if the body is not a valid like
     */
    public LikeEvent toEvent(byte[] bytes, int offset, int length) {
        ParsedLike like = parser.parse(bytes, offset, length);
        return like.toEvent(key == null ? eventIds.newId() : eventIds.keyedId(caller, key, bytes, offset, length));
    }

    /**
     * Creates the event of one line of a stream.
     *
     * @param number number of the line, starting at 1
     * @param bytes array that contains the line
     * @param offset index of the line's first byte
     * @param length number of bytes of the line, without its end
     * @return the event
     * @throws RefusedException if the line is not a valid like
     */
    public LikeEvent toEvent(long number, byte[] bytes, int offset, int length) {
        ParsedLike like = parser.parse(bytes, offset, length);
        return like.toEvent(
                key == null ? eventIds.newId() : eventIds.keyedId(caller, key.forLine(number), bytes, offset, length));
    }
}
