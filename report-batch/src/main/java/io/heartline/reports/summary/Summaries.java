package io.heartline.reports.summary;

import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.read.MinimumPosition;
import io.heartline.reports.read.ReportView;
import io.heartline.reports.read.Reports;
import io.heartline.reports.read.WeekRange;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The summaries that the API returns, over REST and GraphQL. */
public final class Summaries {

    private final Reports reports;
    private final ReportStore store;
    private final WeekCalendar calendar;
    private final String secretCheck;

    /**
     * Creates the summaries of one database.
     *
     * @param reports reads progress before the weeks
     * @param store the stored reports
     * @param calendar the calendar of the reports
     * @param hash the present hash, under which likers of several weeks can be compared
     */
    public Summaries(Reports reports, ReportStore store, WeekCalendar calendar, KeyedHash hash) {
        this.reports = reports;
        this.store = store;
        this.calendar = calendar;
        this.secretCheck = hash.checkValue();
    }

    /**
     * Reads the sums of an author's weeks. All weeks are read after one progress, so each of them includes at least the position and
     * the time that the summary states. A few weeks are in memory at a time.
     *
     * @param authorId the author
     * @param range the weeks
     * @param minimum the position that the figures must include; null for no minimum
     * @param withLikers if false, {@code likers} and its error are 0, and most of the data is not read
     * @return the summary; fails as {@link Reports#read(String, org.threeten.extra.YearWeek, MinimumPosition)} does
     */
    public Mono<SummaryView> read(
            String authorId, WeekRange range, @Nullable MinimumPosition minimum, boolean withLikers) {
        List<ReportKey> keys = range.weeks().stream()
                .map(week -> new ReportKey(week, authorId))
                .toList();
        return reports.read(authorId, minimum, (progress, session) -> store.findOldestFirst(keys, withLikers, session)
                .collect(() -> new SummaryBuilder(authorId, range, secretCheck, withLikers), SummaryBuilder::add)
                .map(sums -> sums.build(
                        calendar.zone(), ReportView.asOf(progress), ReportView.through(authorId, progress))));
    }
}
