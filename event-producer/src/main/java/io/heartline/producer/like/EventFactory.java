package io.heartline.producer.like;

import io.heartline.events.LikeEvent;
import org.jspecify.annotations.Nullable;

/** A factory that creates the event of a like from its JSON. Any number of threads may use it. */
public final class EventFactory {

    private final LikeParser parser;
    private final EventIds eventIds = new EventIds();

    /**
     * Creates a factory.
     *
     * @param parser parses the JSON of a like
     */
    public EventFactory(LikeParser parser) {
        this.parser = parser;
    }

    /**
     * Creates the event of a request with a single like.
     *
     * @param request the request; if it has an idempotency key, its caller and this key give the event's id
     * @param bytes array that contains the body
     * @param offset index of the body's first byte
     * @param length number of bytes of the body
     * @return the event
     * @throws RefusedException if the body is not a valid like
     */
    public LikeEvent ofBody(IngestRequest request, byte[] bytes, int offset, int length) {
        return create(request.caller(), request.key(), bytes, offset, length);
    }

    /**
     * Creates the event of one line of a stream.
     *
     * @param request the request; if it has an idempotency key, its caller, this key and the line's number give the event's id
     * @param number number of the line, starting at 1
     * @param bytes array that contains the line
     * @param offset index of the line's first byte
     * @param length number of bytes of the line, without its end
     * @return the event
     * @throws RefusedException if the line is not a valid like
     */
    public LikeEvent ofLine(IngestRequest request, long number, byte[] bytes, int offset, int length) {
        IdempotencyKey key = request.key();
        return create(request.caller(), key == null ? null : key.forLine(number), bytes, offset, length);
    }

    private LikeEvent create(String caller, @Nullable IdempotencyKey key, byte[] bytes, int offset, int length) {
        ParsedLike like = parser.parse(bytes, offset, length);
        return like.toEvent(key == null ? eventIds.newId() : eventIds.keyedId(caller, key, bytes, offset, length));
    }
}
