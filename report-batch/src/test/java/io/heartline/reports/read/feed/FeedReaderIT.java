package io.heartline.reports.read.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.events.Liked;
import io.heartline.reports.feed.Change;
import io.heartline.reports.feed.ChangeReason;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.feed.FeedCursor;
import io.heartline.reports.feed.FeedStore;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.reports.worker.TestDatabase;
import io.heartline.web.problem.ApiException;
import io.heartline.web.problem.InvalidParameterException;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;

class FeedReaderIT {

    private final TestDatabase database = new TestDatabase();
    private final ChangeStore changes = new ChangeStore(database.mongo);
    private final FeedStore feed = new FeedStore(database.mongo);
    private final FeedReader reader = new Mirror(database).reader;

    @BeforeEach
    void settings() {
        new DatabaseSettings(database.mongo, TestDatabase.CALENDAR.zone(), LikeFixtures.HASH)
                .checkOrCreate()
                .block();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static ReportKey key(String author) {
        return new ReportKey(TestDatabase.WEEK, author);
    }

    private void enter(String author, ChangeReason reason) {
        changes.append(List.of(Change.of(key(author), reason, database.clock.instant())));
    }

    private void save(String author) {
        WeeklyReport report = new WeeklyReport(key(author), "k3f9x2ab", 0);
        report.fold(LikeFixtures.HASH, new Liked("e", "p-1", author, "bob", LikeFixtures.MONDAY), 0, 0);
        assertThat(new ReportStore(database.mongo).save(List.of(report)).block())
                .isEmpty();
    }

    private FeedReader.Page read(@Nullable FeedCursor after, int limit) {
        return reader.read("after", after, limit).block();
    }

    private FeedCursor cursor(long number, long base) {
        return new FeedCursor(feed.feed().block().id(), number, base);
    }

    private void assertGone(FeedCursor cursor, String detail) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> read(cursor, 10))
                .satisfies(e -> assertThat(e.getStatusCode()).isEqualTo(HttpStatus.GONE))
                .withMessage(detail + " Start over: request the feed without a cursor, into an empty mirror.");
    }

    @Test
    void page_hasTheStoredFigures_andNextContinues() {
        save("alice");
        save("carol");
        enter("alice", ChangeReason.sealed);
        enter("carol", ChangeReason.corrected);

        FeedReader.Page first = read(null, 1);
        FeedReader.Page second = read(first.next(), 1);
        FeedReader.Page third = read(second.next(), 1);

        FeedItem item = first.items().get(0);
        assertThat(item.cursor()).isEqualTo(first.next().toString());
        assertThat(item.reason()).isEqualTo(ChangeReason.sealed);
        assertThat(item.report()).isInstanceOfSatisfying(FeedReport.Sealed.class, report -> {
            assertThat(report.authorId()).isEqualTo("alice");
            assertThat(report.likes()).isOne();
            assertThat(report.status()).isEqualTo("sealed");
            assertThat(report.byDay()).hasSize(7);
        });
        assertThat(second.items()).extracting(FeedItem::reason).containsExactly(ChangeReason.corrected);
        assertThat(third.isMoved()).isFalse();
        assertThat(third.next()).isEqualTo(second.next());
    }

    @Test
    void changeWithoutReport_isSkipped_andNextPassesIt() {
        enter("alice", ChangeReason.sealed);
        enter("alice", ChangeReason.erased);

        FeedReader.Page skipped = read(null, 1);
        FeedReader.Page erased = read(skipped.next(), 1);

        assertThat(skipped.items()).isEmpty();
        assertThat(skipped.isMoved()).isTrue();
        assertThat(erased.items())
                .extracting(FeedItem::report)
                .containsExactly(new FeedReport.Erased("alice", TestDatabase.WEEK.toString()));
    }

    @Test
    void reportThatWasFoldedBeforeTheErasure_isSkipped() {
        save("alice");
        enter("alice", ChangeReason.sealed);
        database.mongo
                .insert(
                        new Document("_id", "alice")
                                .append("mark", "m")
                                .append("erasedAt", new Date())
                                .append("sweepAt", new Date()),
                        "erasures")
                .block();

        assertThat(read(null, 10).items()).isEmpty();
    }

    @Test
    void emptyFeed_hasACursorToContinueFrom() {
        FeedReader.Page empty = read(null, 10);
        assertThat(read(empty.next(), 10).isMoved()).isFalse();

        enter("alice", ChangeReason.erased);

        assertThat(read(empty.next(), 10).items()).hasSize(1);
    }

    @Test
    void cursorOfAnotherDatabase_isRefused() {
        FeedCursor other = new FeedCursor(feed.feed().block().id().equals("ab") ? "cd" : "ab", 0, 0);

        assertThatExceptionOfType(InvalidParameterException.class)
                .isThrownBy(() -> read(other, 10))
                .withMessage("after must be a cursor of this feed.");
    }

    @Test
    void cursorBeforeARemovedErasure_isGone_andTheNextIsNot() {
        enter("alice", ChangeReason.erased);
        enter("bob", ChangeReason.erased);
        feed.raiseRemovedThrough(1).block();

        assertGone(cursor(0, 0), "Erasures after this cursor are older than 35 days and no longer in the feed.");
        assertThat(read(cursor(1, 0), 10).items()).hasSize(1);
        assertThat(read(null, 10).next().base()).as("a new mirror").isOne();
        assertThat(read(cursor(0, 1), 10).isMoved()).isTrue();
    }

    @Test
    void cursorBeyondTheEnd_isGone_andTheEndIsNot() {
        enter("alice", ChangeReason.erased);

        assertThat(read(cursor(1, 0), 10).isMoved()).isFalse();
        assertGone(cursor(2, 0), "This cursor lies beyond the end of the feed.");
    }
}
