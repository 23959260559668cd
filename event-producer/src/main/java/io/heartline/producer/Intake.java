package io.heartline.producer;

import io.heartline.events.LikeEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one request's bodies become: events of a caller, named by a key if there is one.
 *
 * @param key null without
 * @param trace of the request
 * @param expires when the caller's token begins to be refused, clock skew included; null without a token
 */
record Intake(
        LikeReader reader,
        EventIds ids,
        String caller,
        IdempotencyKey key,
        Trace trace,
        @Nullable Instant expires) {

    /** The most bytes of a like. */
    static final int MOST_BYTES = 16 * 1024;

    /** @throws RefusedException if it is no like */
    LikeEvent event(byte[] bytes, int offset, int length) {
        Like like = reader.read(bytes, offset, length);
        return like.event(key == null ? ids.next() : ids.of(caller, key, bytes, offset, length));
    }

    /**
     * The same for a line of a stream.
     *
     * @param number from 1
     */
    LikeEvent event(long number, byte[] bytes, int offset, int length) {
        Like like = reader.read(bytes, offset, length);
        return like.event(key == null ? ids.next() : ids.of(caller, key.line(number), bytes, offset, length));
    }
}
