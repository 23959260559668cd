package io.heartline.reports.read;

import io.heartline.web.problem.InvalidParameterException;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import org.threeten.extra.YearWeek;

/** A week as a URL names it: {@code 2026-W47}, {@code current} or {@code previous}. */
public final class WeekParameter {

    /** Before it, years have another form. */
    static final YearWeek MIN_WEEK = YearWeek.of(1000, 1);

    // YearWeek reads years of ten digits and of other eras, too, in which weeks cannot be counted on and back
    private static final Pattern FORMAT = Pattern.compile("[1-9][0-9]{3}-W[0-9]{2}");

    private WeekParameter() {}

    /** @throws InvalidParameterException if it is malformed, or later than the current week */
    public static YearWeek parse(String name, String text, YearWeek current) {
        YearWeek week =
                switch (text) {
                    case "current" -> current;
                    case "previous" -> current.minusWeeks(1);
                    default -> parseIso(name, text);
                };
        if (week.isAfter(current)) {
            throw new InvalidParameterException(name, "must not lie in the future; it is " + current + " now");
        }
        return week;
    }

    private static YearWeek parseIso(String name, String text) {
        try {
            YearWeek week = YearWeek.parse(text);
            if (FORMAT.matcher(text).matches() && week.toString().equals(text)) {
                return week; // week 53 of a year that has 52 would have been read as the first of the next
            }
        } catch (DateTimeParseException e) {
            // said below
        }
        throw new InvalidParameterException(name, "must be an ISO week such as 2026-W47, or current, or previous");
    }
}
