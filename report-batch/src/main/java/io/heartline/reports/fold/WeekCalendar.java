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

    private static final int SECONDS_PER_DAY = 24 * 60 * 60;
    private static final int DAYS_PER_WEEK = 7;

    /** 1970-01-01 was the fourth day of its week. */
    private static final int EPOCH_DAY_OF_WEEK = 3;

    /** A century of weeks, so that no record of the log has to make its own; others are made when they come. */
    private static final YearWeek[] CACHED_WEEKS =
            IntStream.range(0, 5_218).mapToObj(WeekCalendar::weekOfIndex).toArray(YearWeek[]::new);

    public LocalDate day(Instant instant) {
        return LocalDate.ofEpochDay(epochDay(instant));
    }

    /** 0 to 6, Monday first. */
    public int dayOfWeek(Instant instant) {
        return (int) Math.floorMod(epochDay(instant) + EPOCH_DAY_OF_WEEK, (long) DAYS_PER_WEEK);
    }

    public YearWeek week(Instant instant) {
        long index = Math.floorDiv(epochDay(instant) + EPOCH_DAY_OF_WEEK, (long) DAYS_PER_WEEK);
        return index >= 0 && index < CACHED_WEEKS.length ? CACHED_WEEKS[(int) index] : weekOfIndex(index);
    }

    /** @param asOf everything logged up to then is in the report; null if nothing was ever folded */
    public boolean isSealed(YearWeek week, Instant asOf) {
        Instant end =
                week.plusWeeks(1).atDay(DayOfWeek.MONDAY).atStartOfDay(zone).toInstant();
        return asOf != null && !asOf.isBefore(end.plus(grace));
    }

    /** The date in the zone, as days since 1970-01-01: what {@link LocalDate} would say, without making one. */
    private long epochDay(Instant instant) {
        int offset = zone.getRules().getOffset(instant).getTotalSeconds();
        return Math.floorDiv(instant.getEpochSecond() + offset, (long) SECONDS_PER_DAY);
    }

    /** @param index in weeks since the one of 1970-01-01 */
    private static YearWeek weekOfIndex(long index) {
        return YearWeek.from(LocalDate.ofEpochDay(index * DAYS_PER_WEEK));
    }
}
