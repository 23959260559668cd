package io.heartline.producer.like;

import io.heartline.events.EventTime;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** The attributes of one CloudEvent as a client has sent them. Their errors are added to those of the like. One thread uses it. */
final class CloudEventAttributes {

    private static final String VERSION = "1.0";
    private static final Map<String, String> LIKE_TYPES =
            Map.of("io.heartline." + Liked.TYPE, Liked.TYPE, "io.heartline." + Unliked.TYPE, Unliked.TYPE);
    private static final String TYPE_RULE = "must be io.heartline." + Liked.TYPE + " or io.heartline." + Unliked.TYPE;
    private static final String TEXT_RULE =
            "must not be empty, and must not contain control characters or unpaired surrogates";
    private static final String SOURCE_RULE = "must be a URI reference (RFC 3986), and not empty";
    private static final String DATA_RULE = "must be application/json, or another media type of JSON";

    /** An attribute that the service reads. It ignores all others, for example {@code subject} and extensions. */
    enum Attribute {
        SPECVERSION,
        ID,
        SOURCE,
        TYPE,
        TIME,
        DATACONTENTTYPE;

        private static final Map<String, Attribute> BY_NAME = Stream.of(values())
                .collect(Collectors.toUnmodifiableMap(attribute -> attribute.text, Function.identity()));

        final String text = name().toLowerCase(Locale.ROOT);

        /** Returns the attribute with a name; null if the service reads none with this name. */
        static @Nullable Attribute of(String name) {
            return BY_NAME.get(name);
        }
    }

    final FieldNames names;

    /** The fields of the like in the CloudEvent's data, and the errors of attributes and fields. */
    final LikeFields like;

    private final Map<Attribute, String> values = new EnumMap<>(Attribute.class);

    /** @param names names the attributes, and the fields of the like, in errors */
    CloudEventAttributes(FieldNames names) {
        this.names = names;
        this.like = new LikeFields(names);
    }

    /** Sets the text of an attribute: empty if it is not a string. */
    void set(Attribute attribute, String value) {
        values.put(attribute, value);
    }

    /** Returns the id of the event that a valid CloudEvent becomes. */
    String eventId(EventIds ids, String caller, ParsedLike parsed) {
        boolean hasTime = like.get(LikeField.AT) != null;
        return ids.cloudEventId(caller, values.get(Attribute.SOURCE), values.get(Attribute.ID), parsed, hasTime);
    }

    /** Adds the errors of the attributes, and gives the like the CloudEvent's type and time. A field that repeats them must agree. */
    void applyToLike() {
        require(Attribute.SPECVERSION, VERSION::equals, "must be " + VERSION);
        applyId();
        require(Attribute.SOURCE, CloudEventAttributes::isUriReference, SOURCE_RULE);
        applyType();
        applyTime();
        String dataType = values.get(Attribute.DATACONTENTTYPE);
        if (dataType != null && !isJson(dataType)) {
            addError(Attribute.DATACONTENTTYPE, DATA_RULE);
        }
    }

    /** Returns whether a required attribute is valid. Otherwise adds its error. */
    private boolean require(Attribute attribute, Predicate<String> isValid, String rule) {
        String value = values.get(attribute);
        boolean holds = value != null && isValid.test(value);
        if (!holds) {
            addError(attribute, value == null ? "is missing" : rule);
        }
        return holds;
    }

    private void applyId() {
        String repeated = like.get(LikeField.ID);
        boolean isValid = require(Attribute.ID, CloudEventAttributes::isText, TEXT_RULE);
        if (repeated != null && isValid && !repeated.equals(values.get(Attribute.ID))) {
            addDisagreement(LikeField.ID, Attribute.ID);
        }
        like.set(LikeField.ID, null); // the CloudEvent's id may be longer than an idempotency key
    }

    private void applyType() {
        String repeated = like.get(LikeField.TYPE);
        require(Attribute.TYPE, LIKE_TYPES::containsKey, TYPE_RULE);
        String type = LIKE_TYPES.get(values.getOrDefault(Attribute.TYPE, ""));
        if (repeated != null && !LIKE_TYPES.containsValue(repeated)) {
            like.addErrorInBody(LikeField.TYPE, LikeParser.TYPE_RULE);
        } else if (repeated != null && type != null && !repeated.equals(type)) {
            addDisagreement(LikeField.TYPE, Attribute.TYPE);
        }
        like.setAttribute(LikeField.TYPE, type);
    }

    private void applyTime() {
        String time = values.get(Attribute.TIME);
        if (time == null) {
            return; // the time in the like counts
        }
        String repeated = like.get(LikeField.AT);
        Instant at = LikeParser.instant(time);
        Instant repeatedAt = repeated == null ? null : LikeParser.instant(repeated);
        if (repeated != null && repeatedAt == null) {
            like.addErrorInBody(LikeField.AT, EventTime.RULE);
        } else if (repeated != null && at != null && !at.equals(repeatedAt)) {
            addDisagreement(LikeField.AT, Attribute.TIME);
        }
        like.setAttribute(LikeField.AT, time);
    }

    /** Adds an error of an attribute, unless it has one already. */
    private void addError(Attribute attribute, String detail) {
        like.addError(names.attribute(attribute.text, detail));
    }

    private void addDisagreement(LikeField field, Attribute attribute) {
        like.addErrorInBody(field, "must agree with the CloudEvent's " + attribute.text);
    }

    private static boolean isText(String value) {
        return !value.isEmpty() && value.codePoints().noneMatch(CloudEventAttributes::isDisallowed);
    }

    /** UTF-8 has no unpaired surrogates: ids with different ones would become the same event id. */
    private static boolean isDisallowed(int character) {
        return Character.isISOControl(character) || Character.getType(character) == Character.SURROGATE;
    }

    private static boolean isUriReference(String value) {
        // java.net.URI also accepts characters outside ASCII
        if (value.isEmpty() || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            return false;
        }
        try {
            new URI(value);
            return true;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isJson(String mediaType) {
        try {
            MediaType type = MediaType.parseMediaType(mediaType);
            String subtype = type.getSubtype();
            return type.isConcrete() && (subtype.equals("json") || subtype.endsWith("+json"));
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }
}
