package io.heartline.events;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;

/** The text form of {@code at}: read as any ISO-8601 instant, written in UTC with exactly three decimals. */
public final class EventTime {

    /** The rule in words: the end of a sentence that begins with the name of a field. */
    public static final String RULE = "must be an ISO-8601 instant such as 2026-11-24T10:00:00.123Z, from 1970 to 9999";

    private static final Instant END = Instant.parse("9999-12-31T00:00:00Z");
    private static final String FORM = "0000-00-00T00:00:00.000Z";

    /** The length of a time in the form that {@link #format} writes, in characters. */
    static final int LENGTH = FORM.length();

    private static final int SECONDS_A_DAY = 24 * 60 * 60;
    private static final int NANOS_A_MILLISECOND = 1_000_000;
    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter().withZone(ZoneOffset.UTC);

    private EventTime() {}

    /**
     * Reads an instant.
     *
     * @param text an ISO-8601 instant
     * @return the instant in whole milliseconds; a smaller fraction is cut off
     * @throws IllegalArgumentException if the text is not an instant in the contract's range
     */
    public static Instant parse(String text) {
        try {
            return require(isCanonical(text) ? canonical(text) : Instant.parse(text));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("at " + RULE, e);
        }
    }

    /** Returns whether a text has the form that {@link #format} writes. Every event on the topic has this form. */
    private static boolean isCanonical(String text) {
        if (text.length() != FORM.length()) {
            return false;
        }
        for (int i = 0; i < FORM.length(); i++) {
            char c = text.charAt(i);
            if (FORM.charAt(i) == '0' ? c < '0' || c > '9' : c != FORM.charAt(i)) {
                return false;
            }
        }
        // midnight as 24:00:00 and leap seconds are instants, too, but this class does not write them
        return number(text, 11, 13) < 24 && number(text, 17, 19) < 60;
    }

    /** Returns the same as {@link Instant#parse}, which takes as long as everything else in reading a record. */
    private static Instant canonical(String text) {
        long day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10))
                .toEpochDay();
        int second = LocalTime.of(number(text, 11, 13), number(text, 14, 16), number(text, 17, 19))
                .toSecondOfDay();
        return Instant.ofEpochMilli((day * SECONDS_A_DAY + second) * 1000 + number(text, 20, 23));
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + text.charAt(i) - '0';
        }
        return number;
    }

    /**
     * Writes an instant in UTC with exactly three decimals. Returns the same as Java's formatter, which takes as long as everything
     * else in writing an event.
     *
     * @param at the instant; a fraction below a millisecond is cut off
     * @return the text, 24 characters of ASCII for an instant in the contract's range
     */
    public static String format(Instant at) {
        if (!isInRange(at)) {
            return MILLISECONDS.format(at);
        }
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(at.getEpochSecond(), SECONDS_A_DAY));
        int second = Math.floorMod(at.getEpochSecond(), SECONDS_A_DAY);
        byte[] form = FORM.getBytes(StandardCharsets.US_ASCII);
        put(date.getYear(), form, 0, 4);
        put(date.getMonthValue(), form, 5, 7);
        put(date.getDayOfMonth(), form, 8, 10);
        put(second / 3600, form, 11, 13);
        put(second / 60 % 60, form, 14, 16);
        put(second % 60, form, 17, 19);
        put(at.getNano() / NANOS_A_MILLISECOND, form, 20, 23);
        return new String(form, StandardCharsets.US_ASCII);
    }

    private static void put(int number, byte[] form, int from, int to) {
        int remaining = number;
        for (int i = to - 1; i >= from; i--) {
            form[i] = (byte) ('0' + remaining % 10);
            remaining /= 10;
        }
    }

    static Instant require(Instant at) {
        if (at == null || !isInRange(at)) {
            throw new IllegalArgumentException("at " + RULE);
        }
        return at.getNano() % NANOS_A_MILLISECOND == 0 ? at : at.truncatedTo(ChronoUnit.MILLIS);
    }

    /** Returns whether an instant is in range. The last day of 9999 is not, so that the year has four digits in every zone. */
    private static boolean isInRange(Instant at) {
        return !at.isBefore(Instant.EPOCH) && at.isBefore(END);
    }
}
