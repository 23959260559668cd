package io.heartline.reports.read;

import io.heartline.web.problem.InvalidParameterException;
import java.util.regex.Pattern;
import org.threeten.extra.YearWeek;

/** A parser for weeks in URLs: {@code 2026-W47}, {@code current} or {@code previous}. */
public final class WeekParameter {

    /** The first week that a URL can name, because earlier years have another form. */
    static final YearWeek MIN_WEEK = YearWeek.of(1000, 1);

    // YearWeek also parses years of ten digits and negative years, for which computing other weeks can fail
    private static final Pattern FORMAT = Pattern.compile("[1-9][0-9]{3}-W[0-9]{2}");

    private static final int YEAR_DIGITS = 4;
    private static final int WEEK_INDEX = 6;
    private static final int MAX_WEEKS = 53;

    private WeekParameter() {}

    /**
     * Parses a week.
     *
     * @param name the name of the parameter
     * @param text its value
     * @param current the current week
     * @return the week
     * @throws InvalidParameterException if the text is malformed, or the week is later than the current week
     */
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
        if (FORMAT.matcher(text).matches()) {
            int number = Integer.parseInt(text, WEEK_INDEX, text.length(), 10);
            int year = Integer.parseInt(text, 0, YEAR_DIGITS, 10);
            if (number >= 1 && number <= MAX_WEEKS) {
                YearWeek week = YearWeek.of(year, number);
                if (week.getWeek()
                        == number) { // YearWeek makes week 53 of a year with 52 weeks the first week of the next year
                    return week;
                }
            }
        }
        throw new InvalidParameterException(name, "must be an ISO week such as 2026-W47, or current, or previous");
    }
}
