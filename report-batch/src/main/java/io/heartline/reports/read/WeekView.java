package io.heartline.reports.read;

import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.read.RankedAuthor.Precision;
import io.heartline.reports.read.ReportView.Events;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.threeten.extra.YearWeek;

/**
 * A week of all authors together.
 *
 * @param authors who have a report of this week
 * @param topAuthors the head of the ranking
 * @param asOf everything logged up to then is included; null before the first run
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

    /** Without what moves with every run, whether the figures do or not. */
    public WeekView withoutProgress() {
        return new WeekView(week, from, to, zone, status, authors, likes, unlikes, events, precision, topAuthors, null);
    }
}
