package io.heartline.reports.read.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.feed.FeedCursor;
import io.heartline.reports.feed.FeedStore;
import io.heartline.reports.fold.DueReports;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.mongo.ReadTimeout;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.reports.worker.TestDatabase;
import io.heartline.web.problem.ApiException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.threeten.extra.YearWeek;

/** A mirror that is built from the feed alone. */
final class Mirror {

    final FeedReader reader;
    final Map<ReportKey, FeedReport> reports = new HashMap<>();

    @Nullable
    FeedCursor position;

    int startedOver;

    private final TestDatabase database;

    Mirror(TestDatabase database) {
        this.database = database;
        this.reader = new FeedReader(
                new ChangeStore(database.mongo),
                new FeedStore(database.mongo),
                new DueReports(database.mongo),
                new ErasureStore(database.mongo),
                new DatabaseSettings(database.mongo, TestDatabase.CALENDAR.zone(), LikeFixtures.HASH),
                TestDatabase.CALENDAR,
                new ReadTimeout(Duration.ofSeconds(30)));
    }

    /** Applies one page. Returns whether it had a change. */
    boolean applyPage(int limit) {
        FeedReader.Page page;
        try {
            page = reader.read("after", position, limit).block();
        } catch (ApiException e) {
            assertThat(e.getStatusCode()).isEqualTo(HttpStatus.GONE);
            startedOver++;
            reports.clear();
            position = null;
            return true;
        }
        for (FeedItem item : page.items()) {
            if (item.report() instanceof FeedReport.Erased erased) {
                reports.remove(new ReportKey(YearWeek.parse(erased.week()), erased.authorId()));
            } else if (item.report() instanceof FeedReport.Sealed sealed) {
                reports.put(new ReportKey(YearWeek.parse(sealed.week()), sealed.authorId()), sealed);
            }
        }
        position = page.next();
        return page.isMoved();
    }

    void applyAll() {
        while (applyPage(100)) {
            // the next page may have more
        }
    }

    /** Compares with the stored reports of all weeks up to one. */
    void assertEqualsStoredReports(YearWeek through, String description) {
        assertThat(reports).as(description).isEqualTo(StoredReports.of(database, through));
    }
}
