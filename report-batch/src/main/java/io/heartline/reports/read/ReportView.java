package io.heartline.reports.read;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport.PostLikes;
import io.heartline.reports.run.Progress;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.threeten.extra.YearWeek;

/**
 * A report as the API answers it.
 *
 * @param status {@code open}, or {@code sealed} once the week and its grace period are over by {@code asOf}
 * @param asOf everything logged up to then is included; null before the first run
 * @param through the last position of the author's partition that is included; null before the first run
 */
record ReportView(
        String authorId,
        String week,
        LocalDate from,
        LocalDate to,
        String zone,
        String status,
        int revision,
        long likes,
        long unlikes,
        long likers,
        Events events,
        Precision precision,
        List<Day> byDay,
        List<PostLikes> topPosts,
        Previous previous,
        Instant asOf,
        String through) {

    record Events(long liked, long unliked) {}

    /** Whether the figures were counted or estimated, and how far off they may be. */
    record Precision(boolean exact, double relativeError) {}

    record Day(LocalDate date, long likes) {}

    record Previous(String week, long likes) {}

    static ReportView of(Figures figures, Figures previous, WeekCalendar calendar, Map<Integer, Progress> progress) {
        YearWeek week = figures.key().week();
        LocalDate monday = week.atDay(DayOfWeek.MONDAY);
        Instant asOf = asOf(progress);
        return new ReportView(
                figures.key().authorId(),
                week.toString(),
                monday,
                week.atDay(DayOfWeek.SUNDAY),
                calendar.zone().getId(),
                calendar.isSealed(week, asOf) ? "sealed" : "open",
                figures.revision(),
                figures.likes(),
                figures.unlikes(),
                figures.likers(),
                new Events(figures.likedEvents(), figures.unlikedEvents()),
                new Precision(figures.precision().exact(), figures.precision().relativeError()),
                days(monday, figures.byDay()),
                figures.topPosts(),
                new Previous(previous.key().week().toString(), previous.likes()),
                asOf,
                through(figures.key().authorId(), progress));
    }

    private static List<Day> days(LocalDate monday, List<Long> byDay) {
        List<Day> days = new ArrayList<>();
        for (long likes : byDay) {
            days.add(new Day(monday.plusDays(days.size()), likes));
        }
        return days;
    }

    /** The least of all partitions, and nothing while one was never read to its end. */
    private static Instant asOf(Map<Integer, Progress> progress) {
        Instant least = null;
        for (Progress at : progress.values()) {
            if (at.asOf() == null || progress.size() < at.partitions()) {
                return null;
            }
            least = least == null || at.asOf().isBefore(least) ? at.asOf() : least;
        }
        return least;
    }

    private static String through(String authorId, Map<Integer, Progress> progress) {
        return progress.values().stream()
                .findAny()
                .map(any -> progress.get(LikesLog.partitionOf(authorId, any.partitions())))
                .map(at -> new Position(at.epoch(), at.partition(), at.next() - 1).toString())
                .orElse(null);
    }
}
