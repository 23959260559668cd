package io.heartline.reports.feed.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.feed.Change;
import io.heartline.reports.feed.ChangeReason;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.feed.FeedStore;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.worker.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ErasedRetentionIT {

    private final TestDatabase database = new TestDatabase();
    private final ChangeStore changes = new ChangeStore(database.mongo);
    private final FeedStore feed = new FeedStore(database.mongo);
    private final TestFeed instance = new TestFeed(database, () -> {});

    @AfterEach
    void close() {
        database.close();
    }

    private void append(String author, ChangeReason reason) {
        changes.append(List.of(Change.of(new ReportKey(TestDatabase.WEEK, author), reason, database.clock.instant())));
    }

    private List<Long> numbers() {
        return changes.after(0, 100).block().stream().map(Change::number).toList();
    }

    private long removedThrough() {
        return feed.feed().block().removedThrough();
    }

    @Test
    void erasedChange_isKeptFor35Days_andThenRemoved() {
        append("alice", ChangeReason.erased);
        append("bob", ChangeReason.sealed);
        database.clock.advance(Duration.ofDays(35));
        instance.removeOldChanges();
        assertThat(numbers()).containsExactly(1L, 2L);

        database.clock.advance(Duration.ofHours(1));
        instance.removeOldChanges();

        assertThat(numbers()).containsExactly(2L);
        assertThat(removedThrough()).isOne();
    }

    @Test
    void changeWithTheHighestNumber_isKept() {
        append("alice", ChangeReason.erased);
        database.clock.advance(Duration.ofDays(40));

        instance.removeOldChanges();

        assertThat(numbers()).containsExactly(1L);
        assertThat(removedThrough()).isZero();
    }

    @Test
    void changeThatWasEnteredDuringTheErasure_isRemovedToo_unlessTheReportExists() {
        append("alice", ChangeReason.erased);
        append("alice", ChangeReason.sealed); // its report was deleted
        append("bob", ChangeReason.erased);
        append("bob", ChangeReason.sealed); // its report was folded after the erasure
        append("carol", ChangeReason.sealed);
        WeeklyReport report = new WeeklyReport(new ReportKey(TestDatabase.WEEK, "bob"), "k3f9x2ab", 0);
        new ReportStore(database.mongo).save(List.of(report)).block();
        database.clock.advance(Duration.ofDays(36));

        instance.removeOldChanges();

        assertThat(numbers()).containsExactly(4L, 5L);
        assertThat(removedThrough()).isEqualTo(3);
    }

    @Test
    void removal_isDueAgainAfterAnHour() {
        instance.removeOldChanges();
        append("alice", ChangeReason.erased);
        append("bob", ChangeReason.sealed);
        database.clock.advance(Duration.ofMinutes(59));
        instance.removeOldChanges();
        database.clock.advance(Duration.ofDays(36));

        instance.removeOldChanges();

        assertThat(numbers()).containsExactly(2L);
    }
}
