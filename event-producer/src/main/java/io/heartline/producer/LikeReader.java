package io.heartline.producer;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import io.heartline.events.EventTime;
import io.heartline.events.Identifier;
import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import io.heartline.producer.InvalidLikeException.FieldError;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** Turns the body of a POST into an event, or says everything that is wrong with it at once. */
final class LikeReader {

    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(JsonNode.class);

    private final InstantSource clock;
    private final Duration maxAge;
    private final Duration maxLead;
    private final NoArgGenerator ids = Generators.timeBasedEpochRandomGenerator();

    LikeReader(InstantSource clock, Duration maxAge, Duration maxLead) {
        this.clock = clock;
        this.maxAge = maxAge;
        this.maxLead = maxLead;
    }

    /** @throws InvalidLikeException with every field that is missing or malformed */
    LikeEvent read(byte[] body) {
        JsonNode like = parse(body);
        List<FieldError> errors = new ArrayList<>();
        String postId = identifier(like, "postId", errors);
        String authorId = identifier(like, "authorId", errors);
        String likerId = identifier(like, "likerId", errors);
        boolean liked = liked(like, errors);
        Instant at = at(like, errors);
        if (!errors.isEmpty()) {
            throw new InvalidLikeException(errors);
        }
        String id = ids.generate().toString();
        return liked ? new Liked(id, postId, authorId, likerId, at) : new Unliked(id, postId, authorId, likerId, at);
    }

    private static JsonNode parse(byte[] body) {
        JsonNode like;
        try {
            like = JSON.readTree(body);
        } catch (JacksonException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw new InvalidLikeException(List.of(new FieldError("", "malformed JSON" + where)));
        }
        if (!like.isObject()) {
            throw new InvalidLikeException(List.of(new FieldError("", "must be a JSON object")));
        }
        return like;
    }

    private static String identifier(JsonNode like, String field, List<FieldError> errors) {
        String value = text(like, field, true, errors);
        if (value != null && !Identifier.isValid(value)) {
            errors.add(FieldError.of(field, Identifier.RULE));
        }
        return value;
    }

    private static boolean liked(JsonNode like, List<FieldError> errors) {
        String type = text(like, "type", false, errors);
        if (type != null && !type.equals(Liked.TYPE) && !type.equals(Unliked.TYPE)) {
            errors.add(FieldError.of("type", "must be " + Liked.TYPE + " or " + Unliked.TYPE));
        }
        return !Unliked.TYPE.equals(type);
    }

    private Instant at(JsonNode like, List<FieldError> errors) {
        Instant now = clock.instant();
        String text = text(like, "at", false, errors);
        if (text == null) {
            return now;
        }
        try {
            Instant at = EventTime.parse(text);
            if (at.isAfter(now.plus(maxLead))) {
                errors.add(
                        FieldError.of("at", "must not lie more than " + maxLead.toMinutes() + " minutes ahead of now"));
            } else if (at.isBefore(now.minus(maxAge))) {
                errors.add(FieldError.of("at", "must not lie more than " + maxAge.toDays() + " days back"));
            }
            return at;
        } catch (IllegalArgumentException e) {
            errors.add(FieldError.of("at", EventTime.RULE));
            return now;
        }
    }

    /** Null if there is none; an explicit null counts as none. */
    private static String text(JsonNode like, String field, boolean required, List<FieldError> errors) {
        JsonNode value = like.path(field);
        if (value.isString()) {
            return value.stringValue();
        }
        if (!value.isMissingNode() && !value.isNull()) {
            errors.add(FieldError.of(field, "must be a string"));
        } else if (required) {
            errors.add(FieldError.of(field, "is missing"));
        }
        return null;
    }
}
