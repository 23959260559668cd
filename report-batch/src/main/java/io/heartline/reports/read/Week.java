package io.heartline.reports.read;

import io.heartline.reports.fold.Fans;
import io.heartline.reports.fold.Fans.Returning;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.ReportStore.Stored;
import io.heartline.reports.fold.WeeklyReport.Key;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;

/**
 * An author's week as it was counted, and how many of its likers came back from the week before.
 *
 * @param returning null if the two weeks were not folded under one secret
 */
record Week(Figures figures, @Nullable Returning returning) {

    /** @param before the latest report before this one, of whatever week; null if there is none */
    static Week of(Stored stored, Stored before) {
        boolean isPrevious =
                before != null && week(before.figures()).plusWeeks(1).equals(week(stored.figures()));
        Fans previous = isPrevious ? before.fans() : Fans.none();
        return new Week(stored.figures(), stored.fans().returningFrom(previous));
    }

    static Week none(String authorId, YearWeek week) {
        return new Week(Figures.none(new Key(week, authorId)), new Returning(0, 0));
    }

    YearWeek week() {
        return week(figures);
    }

    private static YearWeek week(Figures figures) {
        return figures.key().week();
    }
}
