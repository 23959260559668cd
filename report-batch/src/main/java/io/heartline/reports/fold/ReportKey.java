package io.heartline.reports.fold;

import org.threeten.extra.YearWeek;

/** Identifies a report: {@code _id} in MongoDB is {@code <week>/<authorId>}. */
public record ReportKey(YearWeek week, String authorId) {

    @Override
    public String toString() {
        return week + "/" + authorId;
    }
}
