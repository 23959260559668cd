package io.heartline.reports.read.feed;

import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.Figures.PostLikes;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.read.ReportView;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;
import org.threeten.extra.YearWeek;

/** A report in the feed. */
public sealed interface FeedReport {

    /** {@return the author} */
    String authorId();

    /** {@return the ISO week, such as {@code 2026-W47}} */
    String week();

    /**
     * A report of a sealed week, with those fields of {@link ReportView} that depend on this report alone. A correction of another week
     * would change the others, and a run would change {@code asOf} and {@code through}, without a change in the feed.
     *
     * @param authorId the author
     * @param week the ISO week, such as {@code 2026-W47}
     * @param from the Monday of the week
     * @param to the Sunday of the week
     * @param zone the time zone in which days begin
     * @param status {@code sealed}
     * @param revision 1, and one more for each run that corrected the sealed week
     * @param likes distinct (post, liker) pairs that liked
     * @param unlikes distinct pairs that withdrew a like
     * @param likers distinct people who liked
     * @param events the number of folded records
     * @param precision whether the figures are exact
     * @param byDay the likes of each day, Monday first
     * @param topPosts the most liked posts, most liked first, ties by id
     */
    record Sealed(
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
            ReportView.Events events,
            Figures.Precision precision,
            List<ReportView.Day> byDay,
            List<PostLikes> topPosts)
            implements FeedReport {

        static Sealed of(Figures figures, WeekCalendar calendar) {
            YearWeek week = figures.key().week();
            LocalDate monday = week.atDay(DayOfWeek.MONDAY);
            return new Sealed(
                    figures.key().authorId(),
                    week.toString(),
                    monday,
                    week.atDay(DayOfWeek.SUNDAY),
                    calendar.zone().getId(),
                    "sealed",
                    figures.revision(),
                    figures.likes(),
                    figures.unlikes(),
                    figures.likers(),
                    new ReportView.Events(figures.likedEvents(), figures.unlikedEvents()),
                    figures.precision(),
                    IntStream.range(0, figures.byDay().size())
                            .mapToObj(day -> new ReportView.Day(
                                    monday.plusDays(day), figures.byDay().get(day)))
                            .toList(),
                    figures.topPosts());
        }
    }

    /**
     * A report that a mirror has to delete.
     *
     * @param authorId the author
     * @param week the ISO week
     */
    record Erased(String authorId, String week) implements FeedReport {

        static Erased of(ReportKey key) {
            return new Erased(key.authorId(), key.week().toString());
        }
    }
}
