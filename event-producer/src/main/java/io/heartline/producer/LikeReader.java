package io.heartline.producer;

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

/** Turns JSON into a like in one pass over its tokens, or says everything that is wrong with it at once. */
final class LikeReader {

    private static final JsonFactory JSON = new JsonFactory();

    private static final String[] FIELDS = {"postId", "authorId", "likerId", "type", "at"};
    private static final int IDENTIFIERS = 3;
    private static final int TYPE = 3;
    private static final int AT = 4;

    /** The form that the OpenAPI file states. {@link Instant#parse} also takes 24:00:00, leap seconds and offsets with seconds. */
    private static final Pattern RFC_3339 =
            Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]([01][0-9]|2[0-3]):[0-9]{2}:[0-5][0-9]"
                    + "(\\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})");

    private final InstantSource clock;
    private final Duration maxAge;
    private final Duration maxLead;

    LikeReader(InstantSource clock, Duration maxAge, Duration maxLead) {
        this.clock = clock;
        this.maxAge = maxAge;
        this.maxLead = maxLead;
    }

    /** @throws RefusedException with every field that is missing, malformed or given twice */
    Like read(byte[] bytes, int offset, int length) {
        String[] values = new String[FIELDS.length];
        List<Fault> faults = new ArrayList<>(0);
        try (JsonParser json =
                JSON.createParser(ObjectReadContext.empty(), bytes, offset, utf8(bytes, offset, length))) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw refused(json.currentToken() == null ? "is empty" : "must be a JSON object");
            }
            read(json, values, faults);
            if (json.nextToken() != null) {
                throw refused("something follows the JSON object");
            }
        } catch (JacksonException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw refused("malformed JSON" + where);
        }
        return like(values, faults);
    }

    private static RefusedException refused(String detail) {
        return RefusedException.invalid(List.of(Fault.ofBody(detail)));
    }

    /** Jackson would also take UTF-16 and UTF-32, which it tells by zeros among the first bytes: JSON has none. */
    private static int utf8(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + Math.min(4, length); i++) {
            if (bytes[i] == 0) {
                throw refused("must be JSON in UTF-8");
            }
        }
        return length;
    }

    private static void read(JsonParser json, String[] values, List<Fault> faults) {
        boolean[] isGiven = new boolean[FIELDS.length];
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken token = json.nextToken();
            int field = Arrays.asList(FIELDS).indexOf(name);
            if (field < 0) {
                json.skipChildren();
                continue;
            }
            if (isGiven[field]) {
                faults.add(Fault.ofField(name, "is given more than once"));
            } else if (token == JsonToken.VALUE_STRING) {
                values[field] = json.getString();
            } else if (token != JsonToken.VALUE_NULL) { // which is as good as none
                values[field] = "";
                faults.add(Fault.ofField(name, "must be a string"));
            }
            isGiven[field] = true;
            json.skipChildren();
        }
    }

    private Like like(String[] values, List<Fault> faults) {
        for (int i = 0; i < IDENTIFIERS; i++) {
            if (values[i] == null) {
                fault(i, "is missing", faults);
            } else if (!Identifier.isValid(values[i])) {
                fault(i, Identifier.RULE, faults);
            }
        }
        String type = values[TYPE];
        if (type != null && !type.equals(Liked.TYPE) && !type.equals(Unliked.TYPE)) {
            fault(TYPE, "must be " + Liked.TYPE + " or " + Unliked.TYPE, faults);
        }
        Instant at = at(values[AT], faults);
        if (!faults.isEmpty()) {
            throw RefusedException.invalid(List.copyOf(faults));
        }
        return new Like(!Unliked.TYPE.equals(type), values[0], values[1], values[2], at);
    }

    private Instant at(String text, List<Fault> faults) {
        Instant now = clock.instant();
        if (text == null) {
            return now;
        }
        try {
            Instant at = EventTime.parse(text);
            if (!EventTime.format(at).equals(text) && !RFC_3339.matcher(text).matches()) {
                fault(AT, EventTime.RULE, faults);
            } else if (at.isAfter(now.plus(maxLead))) {
                fault(AT, "must not lie more than " + maxLead.toMinutes() + " minutes ahead of now", faults);
            } else if (at.isBefore(now.minus(maxAge))) {
                fault(AT, "must not lie more than " + maxAge.toDays() + " days back", faults);
            }
            return at;
        } catch (IllegalArgumentException e) {
            fault(AT, EventTime.RULE, faults);
            return now;
        }
    }

    /** One of a field is enough: that it is no string, or there twice, has been said. */
    private static void fault(int field, String detail, List<Fault> faults) {
        String pointer = '/' + FIELDS[field];
        if (faults.stream().noneMatch(fault -> fault.pointer().equals(pointer))) {
            faults.add(Fault.ofField(FIELDS[field], detail));
        }
    }
}
