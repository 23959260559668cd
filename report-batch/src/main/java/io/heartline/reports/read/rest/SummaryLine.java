package io.heartline.reports.read.rest;

import io.heartline.reports.read.ReportView.Events;
import io.heartline.reports.summary.SummaryView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of a summary as a file: the whole range, or one of its weeks, months or days. A figure that JSON does not have for such a
 * period is null.
 *
 * @param period {@code range}, {@code week}, {@code month} or {@code day}
 * @param name the week, month or day as in JSON; for the range, its first and last day with a slash in between
 * @param events the number of folded records; only of the range
 * @param complete whether all days of a month are in the range; only of a month
 */
record SummaryLine(
        String authorId,
        String period,
        String name,
        String zone,
        long likes,
        @Nullable Long unlikes,
        @Nullable Long likers,
        @Nullable Double likersError,
        @Nullable Events events,
        @Nullable Boolean complete,
        @Nullable Instant asOf,
        @Nullable String through) {

    /** Returns the lines: the range first, then its weeks, months and days. */
    static List<SummaryLine> of(SummaryView summary) {
        List<SummaryLine> lines = new ArrayList<>();
        lines.add(new SummaryLine(
                summary.authorId(),
                "range",
                summary.from() + "/" + summary.to(),
                summary.zone(),
                summary.likes(),
                summary.unlikes(),
                summary.likers(),
                summary.likersError(),
                summary.events(),
                null,
                summary.asOf(),
                summary.through()));
        summary.byWeek()
                .forEach(week -> lines.add(
                        part(summary, "week", week.week(), week.likes(), week.unlikes(), week.likers(), null)));
        summary.byMonth()
                .forEach(month ->
                        lines.add(part(summary, "month", month.month(), month.likes(), null, null, month.complete())));
        summary.byDay()
                .forEach(day -> lines.add(part(summary, "day", day.date().toString(), day.likes(), null, null, null)));
        return lines;
    }

    private static SummaryLine part(
            SummaryView summary,
            String period,
            String name,
            long likes,
            @Nullable Long unlikes,
            @Nullable Long likers,
            @Nullable Boolean complete) {
        return new SummaryLine(
                summary.authorId(),
                period,
                name,
                summary.zone(),
                likes,
                unlikes,
                likers,
                null,
                null,
                complete,
                summary.asOf(),
                summary.through());
    }
}
