package io.heartline.reports.fold;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.threeten.extra.YearWeek;

/**
 * Which ISO week and day an instant falls on, and when a week is over for good.
 *
 * @param zone where a day begins
 * @param grace how long after its end a week stays open for late arrivals
 */
public record WeekCalendar(ZoneId zone, Duration grace) {

    public LocalDate day(Instant at) {
        return LocalDate.ofInstant(at, zone);
    }

    public YearWeek week(Instant at) {
        return YearWeek.from(day(at));
    }

    /** @param asOf everything logged up to then is in the report; null if nothing was ever folded */
    public boolean isSealed(YearWeek week, Instant asOf) {
        Instant end =
                week.plusWeeks(1).atDay(DayOfWeek.MONDAY).atStartOfDay(zone).toInstant();
        return asOf != null && !asOf.isBefore(end.plus(grace));
    }
}
