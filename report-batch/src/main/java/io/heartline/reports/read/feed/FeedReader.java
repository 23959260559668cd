package io.heartline.reports.read.feed;

import io.heartline.reports.erasure.Erasure;
import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.feed.Change;
import io.heartline.reports.feed.ChangeReason;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.feed.FeedCursor;
import io.heartline.reports.feed.FeedStore;
import io.heartline.reports.fold.DueReports;
import io.heartline.reports.fold.DueReports.StoredFigures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.mongo.ReadTimeout;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.web.problem.ApiException;
import io.heartline.web.problem.InvalidParameterException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import reactor.core.publisher.Mono;

/**
 * Reads pages of the feed, and adds the stored figures to each change. A change whose report is deleted, or was folded before its author
 * was erased, is skipped: a change {@code erased} precedes or follows it.
 */
public final class FeedReader {

    private static final String START_OVER = " Start over: request the feed without a cursor, into an empty mirror.";

    private final ChangeStore changes;
    private final FeedStore feed;
    private final DueReports reports;
    private final ErasureStore erasures;
    private final DatabaseSettings settings;
    private final WeekCalendar calendar;
    private final ReadTimeout limit;

    /**
     * A part of the feed.
     *
     * @param items the changes; skipped changes are not among them
     * @param next the place after the last change of the page
     * @param isMoved whether the page has a change, skipped or not
     */
    public record Page(List<FeedItem> items, FeedCursor next, boolean isMoved) {}

    /**
     * Creates a reader, which any number of threads may use.
     *
     * @param changes the changes of the feed
     * @param feed the id of the feed, and the removed changes
     * @param reports the figures of the reports
     * @param erasures the erasures, whose reports are skipped
     * @param settings the settings of the database, which must equal those of this instance
     * @param calendar the calendar of the reports
     * @param limit the timeout of all reads of one page together
     */
    public FeedReader(
            ChangeStore changes,
            FeedStore feed,
            DueReports reports,
            ErasureStore erasures,
            DatabaseSettings settings,
            WeekCalendar calendar,
            ReadTimeout limit) {
        this.changes = changes;
        this.feed = feed;
        this.reports = reports;
        this.erasures = erasures;
        this.settings = settings;
        this.calendar = calendar;
        this.limit = limit;
    }

    /**
     * Reads a page. Fails with the status 400 if the cursor belongs to another feed, and with 410 if changes after it may be missing.
     *
     * @param parameter the name of the parameter or header that has the cursor
     * @param after the place before the page; null for the start
     * @param maxChanges the maximum number of changes, skipped ones included
     * @return the page; empty never
     */
    public Mono<Page> read(String parameter, @Nullable FeedCursor after, int maxChanges) {
        long number = after == null ? 0 : after.number();
        return limit.applyTo(settings.checkUntilEqual()
                .then(changes.after(number, maxChanges))
                .flatMap(read -> figures(read)
                        // read after the changes, so that the removal of a change before this page is seen
                        .zipWith(Mono.defer(feed::feed), (figures, now) -> {
                            FeedCursor start = after == null ? FeedCursor.start(now) : after;
                            requireSameFeed(parameter, start, now);
                            return page(read, start, figures);
                        }))
                .flatMap(page -> page.isMoved() || number == 0
                        ? Mono.just(page)
                        : changes.last().map(last -> requireNotBeyond(page, last))));
    }

    private Mono<Map<ReportKey, StoredFigures>> figures(List<Change> read) {
        Set<ReportKey> keys = read.stream()
                .filter(change -> change.reason() != ChangeReason.erased)
                .map(Change::key)
                .collect(Collectors.toSet());
        if (keys.isEmpty()) {
            return Mono.just(Map.of());
        }
        Set<String> authors = keys.stream().map(ReportKey::authorId).collect(Collectors.toSet());
        return reports.figures(keys)
                .collectMap(report -> report.figures().key())
                // read after the reports, so that no report has the mark of a later erasure
                .flatMap(figures -> erasures.find(authors).map(erased -> {
                    figures.values().removeIf(report -> {
                        Erasure erasure = erased.get(report.figures().key().authorId());
                        return erasure != null && !erasure.mark().equals(report.erasure());
                    });
                    return figures;
                }));
    }

    private static void requireSameFeed(String parameter, FeedCursor cursor, FeedStore.Feed now) {
        if (!cursor.feedId().equals(now.id())) {
            throw new InvalidParameterException(parameter, FeedCursor.RULE);
        }
        if (cursor.isExpired(now.removedThrough())) {
            throw ApiException.of(
                    HttpStatus.GONE,
                    "Erasures after this cursor are older than 35 days and no longer in the feed." + START_OVER);
        }
    }

    /** Refuses a cursor of a database that was replaced by an older backup, because numbers after it are used again. */
    private static Page requireNotBeyond(Page page, long last) {
        if (page.next().number() > last) {
            throw ApiException.of(HttpStatus.GONE, "This cursor lies beyond the end of the feed." + START_OVER);
        }
        return page;
    }

    private Page page(List<Change> read, FeedCursor start, Map<ReportKey, StoredFigures> figures) {
        List<FeedItem> items = new ArrayList<>();
        FeedCursor next = start;
        for (Change change : read) {
            next = start.at(change.number());
            if (change.reason() == ChangeReason.erased) {
                items.add(new FeedItem(
                        next.toString(), change.reason(), FeedReport.Erased.of(change.key()), change.at()));
            } else if (figures.containsKey(change.key())) {
                FeedReport report =
                        FeedReport.Sealed.of(figures.get(change.key()).figures(), calendar);
                items.add(new FeedItem(next.toString(), change.reason(), report, change.at()));
            }
        }
        return new Page(items, next, !read.isEmpty());
    }
}
