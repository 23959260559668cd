package io.heartline.reports.read.feed;

import io.heartline.reports.fold.DueReports;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.worker.TestDatabase;
import java.util.Map;
import org.threeten.extra.YearWeek;

/** The stored reports as a mirror has to have them. */
public final class StoredReports {

    private StoredReports() {}

    /**
     * {@return the reports of all weeks up to one}
     *
     * @param database the database
     * @param through the last week, inclusive
     */
    public static Map<ReportKey, FeedReport> of(TestDatabase database, YearWeek through) {
        return new DueReports(database.mongo)
                .figures(database.keys(through))
                .<ReportKey, FeedReport>collectMap(
                        report -> report.figures().key(),
                        report -> FeedReport.Sealed.of(report.figures(), TestDatabase.CALENDAR))
                .block();
    }
}
