package io.heartline.reports.read;

import io.heartline.reports.InvalidParameterException;
import java.time.DayOfWeek;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.threeten.extra.YearWeek;

/** Some weeks in a row, both ends included. */
record WeekRange(YearWeek from, YearWeek to) {

    private static final int MOST = 53;
    private static final int BY_DEFAULT = 12;

    /**
     * @param first null for the last twelve weeks
     * @param last null for the current week
     * @throws InvalidParameterException for {@code from} or {@code to}, whichever is wrong
     */
    static WeekRange parse(String first, String last, YearWeek current) {
        YearWeek to = last == null ? current : WeekParameter.parse("to", last, current);
        YearWeek from = first == null ? lastTwelve(to) : WeekParameter.parse("from", first, current);
        if (from.isAfter(to)) {
            throw new InvalidParameterException("from", "must not be after to, which is " + to);
        }
        WeekRange range = new WeekRange(from, to);
        if (range.length() > MOST) {
            throw new InvalidParameterException(
                    "from", "must be no more than " + MOST + " weeks back, both ends counted; to is " + to);
        }
        return range;
    }

    /** As many of them as a URL can name. */
    private static YearWeek lastTwelve(YearWeek to) {
        YearWeek from = to.minusWeeks(BY_DEFAULT - 1);
        return from.isBefore(WeekParameter.FIRST) ? WeekParameter.FIRST : from;
    }

    private long length() {
        return ChronoUnit.WEEKS.between(from.atDay(DayOfWeek.MONDAY), to.atDay(DayOfWeek.MONDAY)) + 1;
    }

    /** Oldest first. */
    List<YearWeek> weeks() {
        return Stream.iterate(from, week -> week.plusWeeks(1)).limit(length()).toList();
    }
}
