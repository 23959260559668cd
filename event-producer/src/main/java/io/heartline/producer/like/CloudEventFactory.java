package io.heartline.producer.like;

import io.heartline.events.LikeEvent;
import io.heartline.producer.like.CloudEventAttributes.Attribute;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A factory that creates the event of a like from a CloudEvent 1.0. Caller, {@code source}, {@code id} and the like give the event's
 * id, so it is the same in each form. Any number of threads may use it.
 */
public final class CloudEventFactory {

    private static final String DATA = "data";
    private static final String DATA_BASE64 = "data_base64";

    private final LikeParser parser;
    private final EventIds eventIds = new EventIds();

    /**
     * Creates a factory.
     *
     * @param parser parses and validates the like in a CloudEvent
     */
    public CloudEventFactory(LikeParser parser) {
        this.parser = parser;
    }

    /**
     * Requires that a request has no idempotency key, because its CloudEvents identify themselves.
     *
     * @param request the request
     * @throws RefusedException if it has a key
     */
    public static void requireNoKey(IngestRequest request) {
        if (request.key() != null) {
            throw RefusedException.invalidHeader(
                    IdempotencyKey.HEADER, "must not be given with a CloudEvent, which source and id identify");
        }
    }

    /**
     * Creates the event of a request in binary mode: the headers are the attributes, and the body is the like.
     *
     * @param attributes decoded values of the headers, by the names of the attributes
     * @param errors errors of headers that could not be decoded
     * @param request the request
     * @param bytes array that contains the body
     * @param offset index of the body's first byte
     * @param length number of bytes of the body
     * @return the event
     * @throws RefusedException with the errors of headers and body, if there are any, or if the request has an idempotency key
     */
    public LikeEvent ofBinary(
            Map<String, String> attributes,
            List<FieldError> errors,
            IngestRequest request,
            byte[] bytes,
            int offset,
            int length) {
        requireNoKey(request);
        CloudEventAttributes event = new CloudEventAttributes(FieldNames.BINARY_EVENT);
        errors.forEach(event.like::addError);
        attributes.forEach((name, value) -> {
            Attribute attribute = Attribute.of(name);
            if (attribute != null) {
                event.set(attribute, value);
            }
        });
        readLike("", bytes, offset, length, request, event);
        return create(request, event);
    }

    /**
     * Creates the event of a request in structured mode: the body is a CloudEvent in JSON.
     *
     * @param request the request
     * @param bytes array that contains the body
     * @param offset index of the body's first byte
     * @param length number of bytes of the body
     * @return the event
     * @throws RefusedException if the body is not a CloudEvent with a valid like, or if the request has an idempotency key
     */
    public LikeEvent ofStructured(IngestRequest request, byte[] bytes, int offset, int length) {
        requireNoKey(request);
        CloudEventAttributes event = new CloudEventAttributes(FieldNames.STRUCTURED_EVENT);
        JsonBody.readObject(bytes, offset, length, json -> readEvent(json, request, event));
        return create(request, event);
    }

    /**
     * Creates the event of one item of a batch, which is a CloudEvent in JSON.
     *
     * @param request the request
     * @param number number of the item, starting at 1; not used, because source and id identify the item
     * @param bytes array that contains the item
     * @param offset index of its first byte
     * @param length number of its bytes
     * @return the event
     * @throws RefusedException if the item is not a CloudEvent with a valid like, or if the request has an idempotency key
     */
    public LikeEvent ofBatchItem(IngestRequest request, long number, byte[] bytes, int offset, int length) {
        return ofStructured(request, bytes, offset, length);
    }

    private LikeEvent create(IngestRequest request, CloudEventAttributes event) {
        event.applyToLike();
        ParsedLike parsed = parser.validate(event.like);
        return parsed.toEvent(event.eventId(eventIds, request.caller(), parsed));
    }

    /** @param json a parser at the start of the CloudEvent; afterwards it is at its end */
    private void readEvent(JsonParser json, IngestRequest request, CloudEventAttributes event) {
        Set<String> given = new HashSet<>();
        boolean hasData = false;
        String base64 = null;
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken token = json.nextToken();
            Attribute attribute = Attribute.of(name);
            boolean isKnown = attribute != null || name.equals(DATA) || name.equals(DATA_BASE64);
            if (isKnown && !given.add(name)) {
                event.like.addError(FieldError.ofField(name, "is given more than once"));
            } else if (isKnown && token != JsonToken.VALUE_NULL) { // null means that the member is missing
                if (attribute != null) {
                    event.set(attribute, readText(json, token, name, event));
                } else if (name.equals(DATA)) {
                    hasData = true;
                    readData(json, token, request, event);
                } else {
                    base64 = readText(json, token, name, event);
                }
            }
            json.skipChildren();
        }
        if (base64 != null && hasData) {
            event.like.addError(FieldError.ofField(DATA_BASE64, "must not be given with data"));
        } else if (base64 != null) {
            readBase64(base64, request, event);
        } else if (!hasData) {
            event.like.addUnreadable(FieldError.ofField(DATA, "is missing"));
        }
    }

    /** Returns the text of a member; empty if it is not a string. */
    private static String readText(JsonParser json, JsonToken token, String name, CloudEventAttributes event) {
        if (token != JsonToken.VALUE_STRING) {
            event.like.addError(FieldError.ofField(name, "must be a string"));
            return "";
        }
        return json.getString();
    }

    private void readData(JsonParser json, JsonToken token, IngestRequest request, CloudEventAttributes event) {
        if (token == JsonToken.START_OBJECT) {
            parser.read(json, event.names, request.preferences().isStrict(), event.like);
        } else {
            event.like.addUnreadable(FieldError.ofField(DATA, "must be a JSON object"));
        }
    }

    private void readBase64(String base64, IngestRequest request, CloudEventAttributes event) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            event.like.addUnreadable(FieldError.ofField(DATA_BASE64, "must be Base64"));
            return;
        }
        readLike('/' + DATA_BASE64, bytes, 0, bytes.length, request, event);
    }

    /** @param pointer JSON pointer to the like, which names it if it is no JSON object */
    private void readLike(
            String pointer, byte[] bytes, int offset, int length, IngestRequest request, CloudEventAttributes event) {
        boolean isStrict = request.preferences().isStrict();
        try {
            JsonBody.readObject(bytes, offset, length, json -> parser.read(json, event.names, isStrict, event.like));
        } catch (RefusedException e) {
            // continue, so that one answer also lists the errors of the attributes
            e.errors().forEach(error -> event.like.addUnreadable(new FieldError(pointer, null, null, error.detail())));
        }
    }
}
