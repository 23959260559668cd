package io.heartline.events;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;

/** The form of {@code at}: read as any ISO-8601 instant, written in UTC with exactly three decimals. */
public final class EventTime {

    /** The rule in words, to end a sentence that begins with a field's name. */
    public static final String RULE = "must be an ISO-8601 instant such as 2026-11-24T10:00:00.123Z, from 1970 to 9999";

    private static final Instant END = Instant.parse("9999-12-31T00:00:00Z");
    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter().withZone(ZoneOffset.UTC);

    private EventTime() {}

    /** @throws IllegalArgumentException if the text is not an instant in the contract's range */
    public static Instant parse(String text) {
        try {
            return require(Instant.parse(text));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("at " + RULE, e);
        }
    }

    /** With exactly three decimals, in UTC. */
    public static String format(Instant at) {
        return MILLISECONDS.format(at);
    }

    static Instant require(Instant at) {
        // the last day of 9999 is left out so that the instant has a four-digit year in every zone
        if (at == null || at.isBefore(Instant.EPOCH) || !at.isBefore(END)) {
            throw new IllegalArgumentException("at " + RULE);
        }
        return at.truncatedTo(ChronoUnit.MILLIS);
    }
}
