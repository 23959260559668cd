package io.heartline.reports.summary;

import io.heartline.reports.read.ReportView;
import io.heartline.reports.read.ReportView.Events;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sums of an author's weeks, as the API returns them. A pair of a post and a person counts once in each week, as in the reports.
 *
 * @param authorId the author
 * @param from the Monday of the first week
 * @param to the Sunday of the last week
 * @param zone the time zone in which days begin
 * @param likes the sum of the weeks' likes
 * @param unlikes the sum of the weeks' unlikes; they are not subtracted from {@code likes}
 * @param likers distinct people who liked in any of the weeks under the present hash secret
 * @param likersError three standard errors of {@code likers}, in likers; 0 if {@code likers} is exact
 * @param events the number of folded records
 * @param byWeek one item for each week, oldest first
 * @param byMonth one item for each month that has a day in the range, oldest first
 * @param byDay one item for each day, oldest first
 * @param asOf each like that was logged before this time is included; null before the first run
 * @param through the last position of the author's partition that is included; null before the first run
 */
public record SummaryView(
        String authorId,
        LocalDate from,
        LocalDate to,
        String zone,
        long likes,
        long unlikes,
        long likers,
        double likersError,
        Events events,
        List<Week> byWeek,
        List<Month> byMonth,
        List<ReportView.Day> byDay,
        @Nullable Instant asOf,
        @Nullable String through) {

    /**
     * The figures of a week, as its report has them.
     *
     * @param week the ISO week, such as {@code 2026-W47}
     * @param likes distinct (post, liker) pairs that liked
     * @param unlikes distinct pairs that withdrew a like
     * @param likers distinct people who liked
     */
    public record Week(String week, long likes, long unlikes, long likers) {}

    /**
     * The likes of the days of a month that are in the range.
     *
     * @param month the month, such as {@code 2026-11}
     * @param likes the sum of these days' likes
     * @param complete whether all days of the month are in the range
     */
    public record Month(String month, long likes, boolean complete) {}

    /**
     * Returns the summary without the values that change with every run, even if the figures do not.
     *
     * @return a copy whose {@code asOf} and {@code through} are null
     */
    public SummaryView withoutProgress() {
        return new SummaryView(
                authorId,
                from,
                to,
                zone,
                likes,
                unlikes,
                likers,
                likersError,
                events,
                byWeek,
                byMonth,
                byDay,
                null,
                null);
    }
}
