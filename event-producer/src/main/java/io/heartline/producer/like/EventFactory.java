package io.heartline.producer.like;

import io.heartline.events.LikeEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A factory that creates the event of a like from its JSON or its URL. Any number of threads may use it. */
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
     * @param request the request; if it has an idempotency key, or the like has an {@code id}, its caller and this key give the
     *     event's id
     * @param bytes array that contains the body
     * @param offset index of the body's first byte
     * @param length number of bytes of the body
     * @return the event
     * @throws RefusedException if the body is not a valid like, or its {@code id} is not the request's key
     */
    public LikeEvent ofBody(IngestRequest request, byte[] bytes, int offset, int length) {
        ParsedLike like = parse(request, bytes, offset, length);
        IdempotencyKey key = request.key();
        if (key != null && like.key() != null && !key.equals(like.key())) {
            throw RefusedException.invalid(
                    List.of(FieldNames.LIKE.error(LikeField.ID, "must equal " + IdempotencyKey.HEADER)));
        }
        return create(request, like, key == null ? like.key() : key, bytes, offset, length);
    }

    /**
     * Creates the event of one line of a stream, or of one item of an array.
     *
     * @param request the request; if it has an idempotency key, its caller, this key and the number give the event's id. If the like
     *     has an {@code id}, it replaces key and number.
     * @param number number of the line or item, starting at 1
     * @param bytes array that contains the line or item
     * @param offset index of its first byte
     * @param length number of its bytes, without a line's end
     * @return the event
     * @throws RefusedException if the line or item is not a valid like
     */
    public LikeEvent ofItem(IngestRequest request, long number, byte[] bytes, int offset, int length) {
        ParsedLike like = parse(request, bytes, offset, length);
        IdempotencyKey key = request.key();
        IdempotencyKey numbered = key == null ? null : key.forItem(number);
        return create(request, like, like.key() == null ? numbered : like.key(), bytes, offset, length);
    }

    /**
     * Creates the event of a request whose URL has the like.
     *
     * @param request the request; if it has an idempotency key, caller, key, type, ids and the text of {@code at} give the event's id
     * @param url the like
     * @return the event
     * @throws RefusedException with every parameter that is missing, malformed or given twice
     */
    public LikeEvent ofUrl(IngestRequest request, LikeUrl url) {
        LikeFields fields = url.fields(request.preferences().isStrict());
        ParsedLike like = parser.validate(fields);
        IdempotencyKey key = request.key();
        return like.toEvent(key == null ? eventIds.newId() : eventIds.keyedId(request.caller(), key, fields));
    }

    private ParsedLike parse(IngestRequest request, byte[] bytes, int offset, int length) {
        return parser.parse(bytes, offset, length, request.preferences().isStrict());
    }

    private LikeEvent create(
            IngestRequest request,
            ParsedLike like,
            @Nullable IdempotencyKey key,
            byte[] bytes,
            int offset,
            int length) {
        return like.toEvent(
                key == null ? eventIds.newId() : eventIds.keyedId(request.caller(), key, bytes, offset, length));
    }
}
