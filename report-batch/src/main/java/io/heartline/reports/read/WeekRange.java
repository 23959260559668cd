package io.heartline.reports.read;

import io.heartline.web.problem.InvalidParameterException;
import java.time.DayOfWeek;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.threeten.extra.YearWeek;

/**
 * A range of weeks.
 *
 * @param from the first week, inclusive
 * @param to the last week, inclusive
 */
public record WeekRange(YearWeek from, YearWeek to) {

    private static final int MAX_WEEKS = 53;
    private static final int DEFAULT_WEEKS = 12;

    /**
     * Parses a range.
     *
     * @param fromText the parameter {@code from}; null for the twelve weeks that end with {@code to}
     * @param toText the parameter {@code to}; null for the current week
     * @param current the current week
     * @return a range of 1 to 53 weeks
     * @throws InvalidParameterException if {@code from} or {@code to} is invalid
     */
    public static WeekRange parse(String fromText, String toText, YearWeek current) {
        YearWeek to = toText == null ? current : WeekParameter.parse("to", toText, current);
        YearWeek from = fromText == null ? defaultFrom(to) : WeekParameter.parse("from", fromText, current);
        if (from.isAfter(to)) {
            throw new InvalidParameterException("from", "must not be after to, which is " + to);
        }
        WeekRange range = new WeekRange(from, to);
        if (range.length() > MAX_WEEKS) {
            throw new InvalidParameterException(
                    "from", "must be no more than " + MAX_WEEKS + " weeks back, both ends counted; to is " + to);
        }
        return range;
    }

    /** Returns the first of the last twelve weeks, but no week before the first one that a URL can name. */
    private static YearWeek defaultFrom(YearWeek to) {
        YearWeek from = to.minusWeeks(DEFAULT_WEEKS - 1);
        return from.isBefore(WeekParameter.MIN_WEEK) ? WeekParameter.MIN_WEEK : from;
    }

    private long length() {
        return ChronoUnit.WEEKS.between(from.atDay(DayOfWeek.MONDAY), to.atDay(DayOfWeek.MONDAY)) + 1;
    }

    /**
     * Returns the weeks.
     *
     * @return each week of the range, oldest first
     */
    public List<YearWeek> weeks() {
        return Stream.iterate(from, week -> week.plusWeeks(1)).limit(length()).toList();
    }
}
