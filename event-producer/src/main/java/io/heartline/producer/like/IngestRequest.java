package io.heartline.producer.like;

import io.heartline.producer.trace.RequestSpan;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request to log likes, without its body.
 *
 * @param caller name of the caller
 * @param key idempotency key; null if the request has none
 * @param preferences preferences of the request
 * @param span span of the request
 * @param expiresAt time from which the caller's token is refused, clock skew included; null without a token
 */
public record IngestRequest(
        String caller,
        @Nullable IdempotencyKey key,
        Preferences preferences,
        RequestSpan span,
        @Nullable Instant expiresAt) {

    /** The maximum size of a like in bytes. */
    public static final int MAX_LIKE_BYTES = 16 * 1024;
}
