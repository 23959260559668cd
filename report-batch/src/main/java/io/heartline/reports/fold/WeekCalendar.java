package io.heartline.reports.fold;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.stream.IntStream;
import org.threeten.extra.YearWeek;

/**
 * The calendar of the reports: the ISO week and the day of an instant, and the time at which a week is sealed.
 *
 * @param zone the time zone in which days and weeks begin
 * @param grace how long after its end a week stays open for late likes
 */
public record WeekCalendar(ZoneId zone, Duration grace) {

    /** How long before its end a week counts as ended, because the clocks of instances differ. */
    private static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofHours(1);

    private static final int SECONDS_PER_DAY = 24 * 60 * 60;
    private static final int DAYS_PER_WEEK = 7;

    /** 1970-01-01 was the fourth day of its week. */
    private static final int EPOCH_DAY_OF_WEEK = 3;

    /**
     * The weeks of a century. They are cached, because each record needs one. Other weeks are created when they are
     * needed.
     */
    private static final YearWeek[] CACHED_WEEKS =
            IntStream.range(0, 5_218).mapToObj(WeekCalendar::weekOfIndex).toArray(YearWeek[]::new);

    /**
     * Returns the date of an instant.
     *
     * @param instant the instant
     * @return the date in the zone
     */
    public LocalDate day(Instant instant) {
        return LocalDate.ofEpochDay(epochDay(instant));
    }

    /**
     * Returns the day of the week of an instant.
     *
     * @param instant the instant
     * @return 0 to 6, Monday first, in the zone
     */
    public int dayOfWeek(Instant instant) {
        return (int) Math.floorMod(epochDay(instant) + EPOCH_DAY_OF_WEEK, (long) DAYS_PER_WEEK);
    }

    /**
     * Returns the week of an instant.
     *
     * @param instant the instant
     * @return the ISO week in the zone
     */
    public YearWeek week(Instant instant) {
        long index = Math.floorDiv(epochDay(instant) + EPOCH_DAY_OF_WEEK, (long) DAYS_PER_WEEK);
        return index >= 0 && index < CACHED_WEEKS.length ? CACHED_WEEKS[(int) index] : weekOfIndex(index);
    }

    /**
     * Returns whether a week is sealed.
     *
     * @param week the week
     * @param asOf each like that was logged before this time is included; null if nothing was ever folded
     * @return true if the week and its grace period had ended at {@code asOf}
     */
    public boolean isSealed(YearWeek week, Instant asOf) {
        return asOf != null && !asOf.isBefore(end(week).plus(grace));
    }

    /**
     * Returns the latest sealed week.
     *
     * @param asOf each like that was logged before this time is included
     * @return the last week for which {@link #isSealed} is true
     */
    public YearWeek latestSealed(Instant asOf) {
        return week(asOf.minus(grace)).minusWeeks(1);
    }

    /**
     * Returns whether a report that is saved now must be marked for the feed. The sealing pass of the week must not miss a later save.
     *
     * @param week the week
     * @param now the time by the caller's clock, which may differ from the clocks of other instances
     * @return true if the week has ended by any instance's clock
     */
    public boolean mayHaveEnded(YearWeek week, Instant now) {
        return !end(week).isAfter(now.plus(MAX_CLOCK_DIFFERENCE));
    }

    /**
     * Returns the end of a week.
     *
     * @param week the week
     * @return the beginning of the next week
     */
    public Instant end(YearWeek week) {
        return week.plusWeeks(1).atDay(DayOfWeek.MONDAY).atStartOfDay(zone).toInstant();
    }

    /**
     * Returns the date in the zone, as days since 1970-01-01. It equals the epoch day of a {@link LocalDate}, but
     * creates no object.
     */
    private long epochDay(Instant instant) {
        int offset = zone.getRules().getOffset(instant).getTotalSeconds();
        return Math.floorDiv(instant.getEpochSecond() + offset, (long) SECONDS_PER_DAY);
    }

    /**
     * Returns the week with an index.
     *
     * @param index the number of weeks since the week of 1970-01-01
     */
    private static YearWeek weekOfIndex(long index) {
        return YearWeek.from(LocalDate.ofEpochDay(index * DAYS_PER_WEEK));
    }
}
