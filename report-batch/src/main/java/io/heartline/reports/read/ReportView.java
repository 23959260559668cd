package io.heartline.reports.read;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.Figures.PostLikes;
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
 * A report as the API returns it.
 *
 * @param authorId the author
 * @param week the ISO week, such as {@code 2026-W47}
 * @param from the Monday of the week
 * @param to the Sunday of the week
 * @param zone the time zone in which days begin
 * @param status {@code open}, or {@code sealed} if the week and its grace period had ended at {@code asOf}
 * @param revision 1, and one more for each run that corrected the sealed week
 * @param likes distinct (post, liker) pairs that liked
 * @param unlikes distinct pairs that withdrew a like; they are not subtracted from {@code likes}
 * @param likers distinct people who liked
 * @param likersReturning the number of likers who also liked in the week before; null if the two weeks were not folded
 *     under one secret
 * @param likersReturningError three standard errors of {@code likersReturning}, in likers; 0 if both weeks are exact;
 *     null if {@code likersReturning} is null
 * @param events the number of folded records
 * @param precision whether the figures are exact
 * @param byDay the likes of each day, Monday first
 * @param topPosts the most liked posts, most liked first, ties by id
 * @param previous the week before
 * @param asOf each like that was logged before this time is included; null before the first run
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

    /**
     * The number of folded records; exact in every report.
     *
     * @param liked records of likes
     * @param unliked records of withdrawn likes
     */
    public record Events(long liked, long unliked) {}

    /**
     * The likes of one day.
     *
     * @param date the day in the report's zone
     * @param likes distinct pairs whose earliest like is on this day
     */
    public record Day(LocalDate date, long likes) {}

    record Previous(String week, long likes) {}

    static ReportView of(
            AuthorWeek authorWeek, AuthorWeek previousWeek, WeekCalendar calendar, Map<Integer, Progress> progress) {
        Figures figures = authorWeek.figures();
        return of(
                figures,
                authorWeek.returning(),
                previousWeek.figures(),
                calendar,
                asOf(progress),
                through(figures.key().authorId(), progress));
    }

    /**
     * Returns a report as the API returns it.
     *
     * @param figures the figures of the week
     * @param returning null if the two weeks were not folded under one secret
     * @param previous the figures of the week before
     * @param calendar the calendar of the reports
     * @param asOf each like that was logged before this time is included; null before the first run
     * @param through the last position of the author's partition that is included; null before the first run
     * @return the report
     */
    public static ReportView of(
            Figures figures,
            @Nullable ReturningLikers returning,
            Figures previous,
            WeekCalendar calendar,
            @Nullable Instant asOf,
            @Nullable String through) {
        YearWeek week = figures.key().week();
        LocalDate monday = week.atDay(DayOfWeek.MONDAY);
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
                new Previous(previous.key().week().toString(), previous.likes()),
                asOf,
                through);
    }

    /**
     * Returns the status of a week.
     *
     * @param week the week
     * @param calendar the calendar of the reports
     * @param asOf each like that was logged before this time is included; null before the first run
     * @return {@code open} or {@code sealed}
     */
    public static String status(YearWeek week, WeekCalendar calendar, @Nullable Instant asOf) {
        return calendar.isSealed(week, asOf) ? "sealed" : "open";
    }

    /**
     * Returns the report without the values that change with every run, even if the figures do not.
     *
     * @return a copy whose {@code asOf} and {@code through} are null
     */
    public ReportView withoutProgress() {
        return with(status, null, null);
    }

    /** Returns the same figures and {@code through} with another time. */
    ReportView withAsOf(String newStatus, @Nullable Instant newAsOf) {
        return with(newStatus, newAsOf, through);
    }

    private ReportView with(String newStatus, @Nullable Instant newAsOf, @Nullable String newThrough) {
        return new ReportView(
                authorId,
                week,
                from,
                to,
                zone,
                newStatus,
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
                newAsOf,
                newThrough);
    }

    /**
     * Returns the likes of a week by day.
     *
     * @param monday the first day of the week
     * @param byDay the likes of each day, Monday first
     * @return one item for each day
     */
    public static List<Day> days(LocalDate monday, List<Long> byDay) {
        List<Day> days = new ArrayList<>();
        for (long likes : byDay) {
            days.add(new Day(monday.plusDays(days.size()), likes));
        }
        return days;
    }

    /**
     * Returns the time up to which every like is included.
     *
     * @param progress the progress of all partitions, by partition
     * @return the lowest time of all partitions; null if a partition was never read to its end
     */
    public static @Nullable Instant asOf(Map<Integer, Progress> progress) {
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

    /**
     * Returns the last position of an author's partition that is folded.
     *
     * @param authorId the author
     * @param progress the progress of all partitions, by partition
     * @return null before the first run
     */
    public static @Nullable String through(String authorId, Map<Integer, Progress> progress) {
        return progress.values().stream()
                .findAny()
                .map(any -> progress.get(LikesLog.partitionOf(authorId, any.partitions())))
                .map(partitionProgress -> new Position(
                                partitionProgress.epoch(), partitionProgress.partition(), partitionProgress.next() - 1)
                        .toString())
                .orElse(null);
    }
}
