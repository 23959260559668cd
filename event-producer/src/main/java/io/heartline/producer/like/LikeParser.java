package io.heartline.producer.like;

import io.heartline.events.EventTime;
import io.heartline.events.Identifier;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Parses a like from JSON in one pass over its tokens. A refusal lists all errors. */
public final class LikeParser {

    private static final JsonFactory JSON = new JsonFactory();

    private static final String[] FIELDS = {"postId", "authorId", "likerId", "type", "at"};
    private static final int IDENTIFIER_COUNT = 3;
    private static final int TYPE = 3;
    private static final int AT = 4;

    /** The format in the OpenAPI file. {@link Instant#parse} also takes 24:00:00, leap seconds and offsets with seconds. */
    private static final Pattern RFC_3339 =
            Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]([01][0-9]|2[0-3]):[0-9]{2}:[0-5][0-9]"
                    + "(\\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})");

    private final InstantSource clock;
    private final Duration maxAge;
    private final Duration maxLead;

    /**
     * Creates a parser.
     *
     * @param clock time that {@code at} is compared with, and the time of likes without {@code at}
     * @param maxAge maximum time by which {@code at} may be in the past
     * @param maxLead maximum time by which {@code at} may be in the future
     */
    public LikeParser(InstantSource clock, Duration maxAge, Duration maxLead) {
        this.clock = clock;
        this.maxAge = maxAge;
        this.maxLead = maxLead;
    }

    /** @throws RefusedException with every field that is missing, malformed or given twice */
    ParsedLike parse(byte[] bytes, int offset, int length) {
        String[] values = new String[FIELDS.length];
        List<FieldError> errors = new ArrayList<>(0);
        try (JsonParser json =
                JSON.createParser(ObjectReadContext.empty(), bytes, offset, requireUtf8(bytes, offset, length))) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw invalidBody(json.currentToken() == null ? "is empty" : "must be a JSON object");
            }
            parse(json, values, errors);
            if (json.nextToken() != null) {
                throw invalidBody("something follows the JSON object");
            }
        } catch (JacksonException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw invalidBody("malformed JSON" + where);
        }
        return validate(values, errors);
    }

    private static RefusedException invalidBody(String detail) {
        return RefusedException.invalid(List.of(FieldError.ofBody(detail)));
    }

    /** Rejects UTF-16 and UTF-32, which Jackson accepts. They have zeros among the first bytes, and JSON in UTF-8 has none. */
    private static int requireUtf8(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + Math.min(4, length); i++) {
            if (bytes[i] == 0) {
                throw invalidBody("must be JSON in UTF-8");
            }
        }
        return length;
    }

    private static void parse(JsonParser json, String[] values, List<FieldError> errors) {
        boolean[] isGiven = new boolean[FIELDS.length];
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken token = json.nextToken();
            int field = Arrays.asList(FIELDS).indexOf(name);
            if (field < 0) {
                json.skipChildren();
                continue;
            }
            if (isGiven[field]) {
                errors.add(FieldError.ofField(name, "is given more than once"));
            } else if (token == JsonToken.VALUE_STRING) {
                values[field] = json.getString();
            } else if (token != JsonToken.VALUE_NULL) { // null means that the field is missing
                values[field] = "";
                errors.add(FieldError.ofField(name, "must be a string"));
            }
            isGiven[field] = true;
            json.skipChildren();
        }
    }

    private ParsedLike validate(String[] values, List<FieldError> errors) {
        for (int i = 0; i < IDENTIFIER_COUNT; i++) {
            if (values[i] == null) {
                addError(i, "is missing", errors);
            } else if (!Identifier.isValid(values[i])) {
                addError(i, Identifier.RULE, errors);
            }
        }
        String type = values[TYPE];
        if (type != null && !type.equals(Liked.TYPE) && !type.equals(Unliked.TYPE)) {
            addError(TYPE, "must be " + Liked.TYPE + " or " + Unliked.TYPE, errors);
        }
        Instant at = parseTime(values[AT], errors);
        if (!errors.isEmpty()) {
            throw RefusedException.invalid(List.copyOf(errors));
        }
        return new ParsedLike(!Unliked.TYPE.equals(type), values[0], values[1], values[2], at);
    }

    private Instant parseTime(String text, List<FieldError> errors) {
        Instant now = clock.instant();
        if (text == null) {
            return now;
        }
        try {
            Instant at = EventTime.parse(text);
            if (!EventTime.format(at).equals(text) && !RFC_3339.matcher(text).matches()) {
                addError(AT, EventTime.RULE, errors);
            } else if (at.isAfter(now.plus(maxLead))) {
                addError(AT, "must not lie more than " + maxLead.toMinutes() + " minutes ahead of now", errors);
            } else if (at.isBefore(now.minus(maxAge))) {
                addError(AT, "must not lie more than " + maxAge.toDays() + " days back", errors);
            }
            return at;
        } catch (IllegalArgumentException e) {
            addError(AT, EventTime.RULE, errors);
            return now;
        }
    }

    /** Adds an error unless the field has one already, for example because it is not a string. */
    private static void addError(int field, String detail, List<FieldError> errors) {
        String pointer = '/' + FIELDS[field];
        if (errors.stream().noneMatch(error -> error.pointer().equals(pointer))) {
            errors.add(FieldError.ofField(FIELDS[field], detail));
        }
    }
}
