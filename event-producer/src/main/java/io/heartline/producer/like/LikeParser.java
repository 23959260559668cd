package io.heartline.producer.like;

import io.heartline.events.EventTime;
import io.heartline.events.Identifier;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Parses a like from JSON in one pass over its tokens. A refusal lists all errors. */
public final class LikeParser {

    /** The rule for {@code type}, without a subject. */
    static final String TYPE_RULE = "must be " + Liked.TYPE + " or " + Unliked.TYPE;

    private static final Set<LikeField> IDENTIFIERS =
            EnumSet.of(LikeField.POST_ID, LikeField.AUTHOR_ID, LikeField.LIKER_ID);

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

    /**
     * Parses a like.
     *
     * @param isStrict whether unknown fields are errors; otherwise they are ignored
     * @throws RefusedException with every field that is missing, malformed or given twice
     */
    ParsedLike parse(byte[] bytes, int offset, int length, boolean isStrict) {
        LikeFields fields = new LikeFields(FieldNames.LIKE);
        JsonBody.readObject(bytes, offset, length, json -> read(json, FieldNames.LIKE, isStrict, fields));
        return validate(fields);
    }

    /**
     * Reads the members of a like.
     *
     * @param json a parser at the start of the object; afterwards it is at its end
     * @param names names the fields in errors
     */
    void read(JsonParser json, FieldNames names, boolean isStrict, LikeFields fields) {
        EnumSet<LikeField> given = EnumSet.noneOf(LikeField.class);
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken token = json.nextToken();
            LikeField field = LikeField.of(name);
            if (field == null) {
                if (isStrict) {
                    fields.addUnknown(name);
                }
            } else if (!given.add(field)) {
                fields.addError(names.inBody(field, "is given more than once"));
            } else if (token == JsonToken.VALUE_STRING) {
                fields.set(field, json.getString());
            } else if (token != JsonToken.VALUE_NULL) { // null means that the field is missing
                fields.set(field, "");
                fields.addError(names.inBody(field, "must be a string"));
            }
            json.skipChildren();
        }
    }

    /** @throws RefusedException if there are errors among the fields, or were before */
    ParsedLike validate(LikeFields fields) {
        if (!fields.isUnreadable()) {
            validateIdentifiers(fields);
        }
        String type = fields.get(LikeField.TYPE);
        if (type != null && !type.equals(Liked.TYPE) && !type.equals(Unliked.TYPE)) {
            fields.addError(LikeField.TYPE, TYPE_RULE);
        }
        Instant at = parseTime(fields);
        String id = fields.get(LikeField.ID);
        if (id != null && !IdempotencyKey.isValid(id)) {
            fields.addError(LikeField.ID, IdempotencyKey.CHARACTERS);
        }
        fields.requireNoErrors();
        return new ParsedLike(
                !Unliked.TYPE.equals(type),
                fields.get(LikeField.POST_ID),
                fields.get(LikeField.AUTHOR_ID),
                fields.get(LikeField.LIKER_ID),
                at,
                id == null ? null : new IdempotencyKey(id));
    }

    private static void validateIdentifiers(LikeFields fields) {
        for (LikeField field : IDENTIFIERS) {
            if (fields.get(field) == null) {
                fields.addError(field, "is missing");
            } else if (!Identifier.isValid(fields.get(field))) {
                fields.addError(field, Identifier.RULE);
            }
        }
    }

    private Instant parseTime(LikeFields fields) {
        Instant now = clock.instant();
        String text = fields.get(LikeField.AT);
        if (text == null) {
            return now;
        }
        Instant at = instant(text);
        if (at == null) {
            fields.addError(LikeField.AT, EventTime.RULE);
            return now;
        }
        if (at.isAfter(now.plus(maxLead))) {
            fields.addError(LikeField.AT, "must not lie more than " + maxLead.toMinutes() + " minutes ahead of now");
        } else if (at.isBefore(now.minus(maxAge))) {
            fields.addError(LikeField.AT, "must not lie more than " + maxAge.toDays() + " days back");
        }
        return at;
    }

    /** Returns a time in whole milliseconds; null if the text does not have the format of the OpenAPI file. */
    static @Nullable Instant instant(String text) {
        try {
            Instant at = EventTime.parse(text);
            return EventTime.format(at).equals(text) || RFC_3339.matcher(text).matches() ? at : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
