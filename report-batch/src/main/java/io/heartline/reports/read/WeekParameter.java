package io.heartline.reports.read;

import io.heartline.reports.InvalidParameterException;
import java.time.format.DateTimeParseException;
import org.threeten.extra.YearWeek;

/** A week as a URL names it: {@code 2026-W47}, {@code current} or {@code previous}. */
final class WeekParameter {

    private WeekParameter() {}

    /** @throws InvalidParameterException if it is malformed, or later than the current week */
    static YearWeek parse(String text, YearWeek current) {
        YearWeek week =
                switch (text) {
                    case "current" -> current;
                    case "previous" -> current.minusWeeks(1);
                    default -> iso(text);
                };
        if (week.isAfter(current)) {
            throw new InvalidParameterException("week", "must not lie in the future; it is " + current + " now");
        }
        return week;
    }

    private static YearWeek iso(String text) {
        try {
            return YearWeek.parse(text);
        } catch (DateTimeParseException e) {
            throw new InvalidParameterException(
                    "week", "must be an ISO week such as 2026-W47, or current, or previous");
        }
    }
}
