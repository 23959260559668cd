package io.heartline.events;

import static io.heartline.events.FuzzTestBase.require;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The fast paths for the usual form read and write the same as Java does. */
public final class EventTimeFuzz {

    private static final Instant END = Instant.parse("9999-12-31T00:00:00Z");

    private EventTimeFuzz() {}

    /**
     * Checks one instant.
     *
     * @param input the text in UTF-8
     */
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        Instant expected = expected(text);
        Instant at = null;
        try {
            at = EventTime.parse(text);
        } catch (IllegalArgumentException e) {
            require(expected == null, "an instant in range is taken");
        }
        if (at != null) {
            require(at.equals(expected), "it is the instant that Java reads, in milliseconds");
            String form = EventTime.format(at);
            require(form.length() == "2026-11-24T10:00:00.123Z".length(), "it is written with three decimals");
            require(EventTime.parse(form).equals(at) && Instant.parse(form).equals(at), "a written value is read");
        }
    }

    private static Instant expected(String text) {
        try {
            Instant at = Instant.parse(text);
            return at.isBefore(Instant.EPOCH) || !at.isBefore(END) ? null : at.truncatedTo(ChronoUnit.MILLIS);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
