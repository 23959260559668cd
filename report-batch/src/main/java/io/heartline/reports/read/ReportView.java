package io.heartline.reports.read;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.PostLikes;
import io.heartline.reports.fold.StoredLikers.ReturningLikers;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.progress.Progress;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;

/**
 * A report as the API answers it.
 *
 * @param status {@code open}, or {@code sealed} once the week and its grace period are over by {@code asOf}
 * @param likersReturning how many of the likers liked in the week before, too; null if the two weeks were not folded under
 *     one secret
 * @param likersReturningError three standard errors of that, in likers; 0 while both weeks are exact; null with it
 * @param asOf everything logged up to then is included; null before the first run
 * @param through the last position of the author's partition that is included; null before the first run
 */
public record ReportView(
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
        @Nullable Long likersReturning,
        @Nullable Double likersReturningError,
        Events events,
        Figures.Precision precision,
        List<Day> byDay,
        List<PostLikes> topPosts,
        Previous previous,
        Instant asOf,
        String through) {

    public record Events(long liked, long unliked) {}

    public record Day(LocalDate date, long likes) {}

    record Previous(String week, long likes) {}

    static ReportView of(
            AuthorWeek authorWeek, AuthorWeek previousWeek, WeekCalendar calendar, Map<Integer, Progress> progress) {
        Figures figures = authorWeek.figures();
        YearWeek week = authorWeek.week();
        LocalDate monday = week.atDay(DayOfWeek.MONDAY);
        Instant asOf = asOf(progress);
        ReturningLikers returning = authorWeek.returning();
        return new ReportView(
                figures.key().authorId(),
                week.toString(),
                monday,
                week.atDay(DayOfWeek.SUNDAY),
                calendar.zone().getId(),
                status(week, calendar, asOf),
                figures.revision(),
                figures.likes(),
                figures.unlikes(),
                figures.likers(),
                returning == null ? null : returning.likers(),
                returning == null ? null : returning.error(),
                new Events(figures.likedEvents(), figures.unlikedEvents()),
                figures.precision(),
                days(monday, figures.byDay()),
                figures.topPosts(),
                new Previous(
                        previousWeek.week().toString(), previousWeek.figures().likes()),
                asOf,
                through(figures.key().authorId(), progress));
    }

    static String status(YearWeek week, WeekCalendar calendar, Instant asOf) {
        return calendar.isSealed(week, asOf) ? "sealed" : "open";
    }

    /** Without what moves with every run, whether the figures do or not. */
    public ReportView withoutProgress() {
        return new ReportView(
                authorId,
                week,
                from,
                to,
                zone,
                status,
                revision,
                likes,
                unlikes,
                likers,
                likersReturning,
                likersReturningError,
                events,
                precision,
                byDay,
                topPosts,
                previous,
                null,
                null);
    }

    private static List<Day> days(LocalDate monday, List<Long> byDay) {
        List<Day> days = new ArrayList<>();
        for (long likes : byDay) {
            days.add(new Day(monday.plusDays(days.size()), likes));
        }
        return days;
    }

    /** The least of all partitions, and nothing while one was never read to its end. */
    static Instant asOf(Map<Integer, Progress> progress) {
        Instant earliest = null;
        for (Progress partitionProgress : progress.values()) {
            if (partitionProgress.asOf() == null || progress.size() < partitionProgress.partitions()) {
                return null;
            }
            earliest = earliest == null || partitionProgress.asOf().isBefore(earliest)
                    ? partitionProgress.asOf()
                    : earliest;
        }
        return earliest;
    }

    static String through(String authorId, Map<Integer, Progress> progress) {
        return progress.values().stream()
                .findAny()
                .map(any -> progress.get(LikesLog.partitionOf(authorId, any.partitions())))
                .map(partitionProgress -> new Position(
                                partitionProgress.epoch(), partitionProgress.partition(), partitionProgress.next() - 1)
                        .toString())
                .orElse(null);
    }
}
