package io.heartline.reports.ranking;

import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.ranking.RankedAuthor.Precision;
import io.heartline.reports.read.ReportView;
import io.heartline.reports.read.ReportView.Events;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.threeten.extra.YearWeek;

/**
 * The totals of a week over all authors, as the API returns them.
 *
 * @param week the ISO week, such as {@code 2026-W47}
 * @param from the Monday of the week
 * @param to the Sunday of the week
 * @param zone the time zone in which days begin
 * @param status {@code open}, or {@code sealed} if the week and its grace period had ended at {@code asOf}
 * @param authors the number of authors who have a report of this week
 * @param likes the sum of likes
 * @param unlikes the sum of unlikes
 * @param events the number of folded records
 * @param precision whether the figures are exact
 * @param topAuthors the most liked authors, most liked first, ties by id
 * @param asOf each like that was logged before this time is included; null before the first run
 */
public record WeekView(
        String week,
        LocalDate from,
        LocalDate to,
        String zone,
        String status,
        long authors,
        long likes,
        long unlikes,
        Events events,
        Precision precision,
        List<RankedAuthor> topAuthors,
        Instant asOf) {

    static WeekView of(YearWeek week, WeekTotals totals, List<RankedAuthor> top, WeekCalendar calendar, Instant asOf) {
        return new WeekView(
                week.toString(),
                week.atDay(DayOfWeek.MONDAY),
                week.atDay(DayOfWeek.SUNDAY),
                calendar.zone().getId(),
                ReportView.status(week, calendar, asOf),
                totals.authors(),
                totals.likes(),
                totals.unlikes(),
                new Events(totals.liked(), totals.unliked()),
                new Precision(totals.relativeError() == 0, totals.relativeError()),
                top,
                asOf);
    }

    /**
     * Returns the totals without the values that change with every run, even if the figures do not.
     *
     * @return a copy whose {@code asOf} is null
     */
    public WeekView withoutProgress() {
        return new WeekView(week, from, to, zone, status, authors, likes, unlikes, events, precision, topAuthors, null);
    }
}
