package io.heartline.reports.fold;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.stream.IntStream;
import org.threeten.extra.YearWeek;

/**
 * Which ISO week and day an instant falls on, and when a week is over for good.
 *
 * @param zone where a day begins
 * @param grace how long after its end a week stays open for late arrivals
 */
public record WeekCalendar(ZoneId zone, Duration grace) {

    private static final int SECONDS_A_DAY = 24 * 60 * 60;
    private static final int DAYS_A_WEEK = 7;

    /** 1970-01-01 was the fourth day of its week. */
    private static final int DAYS_BEFORE_1970 = 3;

    /** A century of weeks, so that no record of the log has to make its own; others are made when they come. */
    private static final YearWeek[] WEEKS =
            IntStream.range(0, 5_218).mapToObj(WeekCalendar::weekOfIndex).toArray(YearWeek[]::new);

    public LocalDate day(Instant at) {
        return LocalDate.ofEpochDay(epochDay(at));
    }

    /** 0 to 6, Monday first. */
    public int dayOfWeek(Instant at) {
        return (int) Math.floorMod(epochDay(at) + DAYS_BEFORE_1970, (long) DAYS_A_WEEK);
    }

    public YearWeek week(Instant at) {
        long index = Math.floorDiv(epochDay(at) + DAYS_BEFORE_1970, (long) DAYS_A_WEEK);
        return index >= 0 && index < WEEKS.length ? WEEKS[(int) index] : weekOfIndex(index);
    }

    /** @param asOf everything logged up to then is in the report; null if nothing was ever folded */
    public boolean isSealed(YearWeek week, Instant asOf) {
        Instant end =
                week.plusWeeks(1).atDay(DayOfWeek.MONDAY).atStartOfDay(zone).toInstant();
        return asOf != null && !asOf.isBefore(end.plus(grace));
    }

    /** The date in the zone, as days since 1970-01-01: what {@link LocalDate} would say, without making one. */
    private long epochDay(Instant at) {
        int offset = zone.getRules().getOffset(at).getTotalSeconds();
        return Math.floorDiv(at.getEpochSecond() + offset, (long) SECONDS_A_DAY);
    }

    /** @param index in weeks since the one of 1970-01-01 */
    private static YearWeek weekOfIndex(long index) {
        return YearWeek.from(LocalDate.ofEpochDay(index * DAYS_A_WEEK));
    }
}
