package io.heartline.reports.fold;

import org.threeten.extra.YearWeek;

/**
 * The key of a report. Its text is {@code <week>/<authorId>}, which is the {@code _id} in MongoDB.
 *
 * @param week the ISO week
 * @param authorId the author
 */
public record ReportKey(YearWeek week, String authorId) {

    @Override
    public String toString() {
        return week + "/" + authorId;
    }
}
