package io.heartline.events;

import io.heartline.events.NotALikeEventException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A {@link LikeEvent} as JSON in UTF-8. Unknown fields are ignored. This class reads tokens instead of trees, because every consumer
 * of the topic calls it once per record.
 */
public final class LikeEventJson {

    private static final JsonFactory JSON = new JsonFactory();

    private LikeEventJson() {}

    /**
     * Writes the event's one canonical form, which the files in {@code src/test/resources/approved} define.
     *
     * @param event the event
     * @return JSON in ASCII
     */
    public static byte[] encode(LikeEvent event) {
        return encode(event, EventTime.format(event.at()));
    }

    /** @param at the event's time as {@link EventTime#format} writes it */
    static byte[] encode(LikeEvent event, String at) {
        // every id is an Identifier, so nothing needs escaping, and everything is ASCII
        String json = "{\"id\":\"" + event.id() + "\",\"type\":\"" + event.type() + "\",\"postId\":\"" + event.postId()
                + "\",\"authorId\":\"" + event.authorId() + "\",\"likerId\":\"" + event.likerId() + "\",\"at\":\""
                + at + "\"}";
        return json.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Reads a Kafka record. The key must be the event's author, because followers and partitions are found by the key.
     *
     * @param key the record's key; null if it has none
     * @param value the record's value; null if it has none
     * @return the event
     * @throws NotALikeEventException if the record is not exactly one like event; the message gives the reason and quotes nothing of
     *     the record
     */
    public static LikeEvent decode(byte[] key, byte[] value) throws NotALikeEventException {
        LikeEvent event = decode(value);
        if (key == null || !event.authorId().equals(new String(key, StandardCharsets.UTF_8))) {
            throw unreadable("the record's key is not its authorId");
        }
        return event;
    }

    private static LikeEvent decode(byte[] value) throws NotALikeEventException {
        LikeEvent canonical = value == null ? null : CanonicalJson.read(value);
        return canonical == null ? parse(value) : canonical;
    }

    /** Reads any JSON object in UTF-8. */
    static LikeEvent parse(byte[] value) throws NotALikeEventException {
        // Jackson also reads UTF-16 and a byte order mark, but the gateway sends these bytes as UTF-8
        if (value == null || value.length < 2 || value[0] != '{' || value[1] == 0 || !isUtf8(value)) {
            throw unreadable("not a JSON object in UTF-8");
        }
        String id = null;
        String type = null;
        String postId = null;
        String authorId = null;
        String likerId = null;
        String at = null;
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), value)) {
            json.nextToken();
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                JsonToken token = json.nextToken();
                switch (field) {
                    case "id" -> id = text(field, token, json);
                    case "type" -> type = text(field, token, json);
                    case "postId" -> postId = text(field, token, json);
                    case "authorId" -> authorId = text(field, token, json);
                    case "likerId" -> likerId = text(field, token, json);
                    case "at" -> at = text(field, token, json);
                    default -> json.skipChildren();
                }
            }
            if (json.nextToken() != null) {
                throw unreadable("something follows the JSON object");
            }
        } catch (JacksonException e) {
            throw unreadable("malformed JSON");
        }
        return event(id, type, postId, authorId, likerId, at);
    }

    private static LikeEvent event(String id, String type, String postId, String authorId, String likerId, String at)
            throws NotALikeEventException {
        if (type == null) {
            throw unreadable("type is missing");
        }
        boolean liked = type.equals(Liked.TYPE);
        if (!liked && !type.equals(Unliked.TYPE)) {
            throw new NotALikeEventException(Reason.UNKNOWN_TYPE, "a type this version does not know");
        }
        if (at == null) {
            throw unreadable("at is missing");
        }
        try {
            Instant instant = EventTime.parse(at);
            return liked
                    ? new Liked(id, postId, authorId, likerId, instant)
                    : new Unliked(id, postId, authorId, likerId, instant);
        } catch (IllegalArgumentException e) {
            throw unreadable(e.getMessage());
        }
    }

    private static String text(String field, JsonToken token, JsonParser json) throws NotALikeEventException {
        if (token != JsonToken.VALUE_STRING) {
            throw unreadable(field + " is not a string");
        }
        return json.getString();
    }

    /** Returns whether all bytes are UTF-8. Jackson does not check skipped fields, but one ill-formed byte closes a WebSocket. */
    private static boolean isUtf8(byte[] value) {
        for (byte b : value) {
            if (b < 0) {
                try {
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value));
                    return true;
                } catch (CharacterCodingException e) {
                    return false;
                }
            }
        }
        return true;
    }

    private static NotALikeEventException unreadable(String message) {
        return new NotALikeEventException(Reason.UNREADABLE, message);
    }
}
