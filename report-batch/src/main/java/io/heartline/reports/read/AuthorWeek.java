package io.heartline.reports.read;

import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore.StoredReport;
import io.heartline.reports.fold.StoredLikers;
import io.heartline.reports.fold.StoredLikers.ReturningLikers;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;

/**
 * A week of one author, with the number of likers who also liked in the week before.
 *
 * @param figures the figures of the week
 * @param returning null if the two weeks were not folded under one secret
 */
record AuthorWeek(Figures figures, @Nullable ReturningLikers returning) {

    /**
     * Returns the week of a stored report.
     *
     * @param preceding the author's latest report before this one, of any week; null if there is none
     */
    static AuthorWeek of(StoredReport stored, StoredReport preceding) {
        boolean isPrevious =
                preceding != null && week(preceding.figures()).plusWeeks(1).equals(week(stored.figures()));
        StoredLikers previous = isPrevious ? preceding.likers() : StoredLikers.empty();
        return new AuthorWeek(stored.figures(), stored.likers().returningFrom(previous));
    }

    static AuthorWeek empty(String authorId, YearWeek week) {
        return new AuthorWeek(Figures.zero(new ReportKey(week, authorId)), new ReturningLikers(0, 0));
    }

    YearWeek week() {
        return week(figures);
    }

    private static YearWeek week(Figures figures) {
        return figures.key().week();
    }
}
