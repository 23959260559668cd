package io.heartline.reports.summary;

import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.LikersUnion;
import io.heartline.reports.fold.LikersUnion.DistinctLikers;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore.StoredReport;
import io.heartline.reports.read.ReportView;
import io.heartline.reports.read.ReportView.Day;
import io.heartline.reports.read.ReportView.Events;
import io.heartline.reports.read.WeekRange;
import io.heartline.reports.summary.SummaryView.Month;
import io.heartline.reports.summary.SummaryView.Week;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;

/**
 * Sums the reports of a range one after the other. It keeps the figures of a report, but not its likers, so its memory is bounded by
 * the number of weeks. Not thread-safe.
 */
final class SummaryBuilder {

    private final String authorId;
    private final WeekRange range;
    private final LikersUnion likers;
    private final boolean withLikers;
    private final Map<YearWeek, Figures> weeks = new HashMap<>();

    /**
     * Creates a builder without reports.
     *
     * @param secretCheck the check value of the present hash secret
     * @param withLikers whether the reports are read with their likers; if not, the number of distinct likers is 0
     */
    SummaryBuilder(String authorId, WeekRange range, String secretCheck, boolean withLikers) {
        this.authorId = authorId;
        this.range = range;
        this.likers = new LikersUnion(secretCheck);
        this.withLikers = withLikers;
    }

    /** Adds a report of the range. */
    void add(StoredReport report) {
        weeks.put(report.figures().key().week(), report.figures());
        if (withLikers) {
            likers.add(report);
        }
    }

    /**
     * Returns the sums. A week without a report has zeros.
     *
     * @param asOf each like that was logged before this time is included; null before the first run
     * @param through the last position of the author's partition that is included; null before the first run
     */
    SummaryView build(ZoneId zone, @Nullable Instant asOf, @Nullable String through) {
        List<Week> byWeek = new ArrayList<>();
        List<Day> byDay = new ArrayList<>();
        long likes = 0;
        long unlikes = 0;
        long liked = 0;
        long unliked = 0;
        for (YearWeek week : range.weeks()) {
            Figures figures = weeks.getOrDefault(week, Figures.zero(new ReportKey(week, authorId)));
            byWeek.add(new Week(week.toString(), figures.likes(), figures.unlikes(), figures.likers()));
            byDay.addAll(ReportView.days(week.atDay(DayOfWeek.MONDAY), figures.byDay()));
            likes += figures.likes();
            unlikes += figures.unlikes();
            liked += figures.likedEvents();
            unliked += figures.unlikedEvents();
        }
        DistinctLikers distinct = likers.count();
        return new SummaryView(
                authorId,
                range.from().atDay(DayOfWeek.MONDAY),
                range.to().atDay(DayOfWeek.SUNDAY),
                zone.getId(),
                likes,
                unlikes,
                distinct.likers(),
                distinct.error(),
                new Events(liked, unliked),
                byWeek,
                months(byDay),
                byDay,
                asOf,
                through);
    }

    /** Returns the sums of consecutive days by month. */
    private static List<Month> months(List<Day> days) {
        LocalDate first = days.get(0).date();
        LocalDate last = days.get(days.size() - 1).date();
        List<Month> months = new ArrayList<>();
        int day = 0;
        for (YearMonth month = YearMonth.from(first);
                !month.isAfter(YearMonth.from(last));
                month = month.plusMonths(1)) {
            long likes = 0;
            while (day < days.size() && YearMonth.from(days.get(day).date()).equals(month)) {
                likes += days.get(day).likes();
                day++;
            }
            boolean isComplete =
                    !month.atDay(1).isBefore(first) && !month.atEndOfMonth().isAfter(last);
            months.add(new Month(month.toString(), likes, isComplete));
        }
        return months;
    }
}
