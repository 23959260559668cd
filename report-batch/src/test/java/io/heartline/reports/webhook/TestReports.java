package io.heartline.reports.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Liked;
import io.heartline.reports.feed.Change;
import io.heartline.reports.feed.ChangeReason;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.feed.ErasedChanges;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.reports.worker.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Mono;

/** Reports of one week and their changes, written without a run. */
final class TestReports {

    private final TestDatabase database;
    final ChangeStore changes;

    TestReports(TestDatabase database) {
        this(database, true);
    }

    /** @param areSettingsStored whether the settings of tests are stored, or those of a service are */
    TestReports(TestDatabase database, boolean areSettingsStored) {
        this.database = database;
        this.changes = new ChangeStore(database.mongo);
        if (areSettingsStored) {
            new DatabaseSettings(database.mongo, TestDatabase.CALENDAR.zone(), LikeFixtures.HASH)
                    .checkOrCreate()
                    .block();
        }
    }

    /** Saves a report with a like for each author, and enters them. */
    void seal(String... authors) {
        List<WeeklyReport> reports = new ArrayList<>();
        for (String author : authors) {
            WeeklyReport report = new WeeklyReport(new ReportKey(TestDatabase.WEEK, author), "k3f9x2ab", 0);
            report.fold(LikeFixtures.HASH, new Liked("e", "p-1", author, "bob", LikeFixtures.MONDAY), 0, 0);
            reports.add(report);
        }
        assertThat(new ReportStore(database.mongo).save(reports).block()).isEmpty();
        enter(ChangeReason.sealed, authors);
    }

    /** Enters existing reports once more. */
    void enter(ChangeReason reason, String... authors) {
        changes.append(List.of(authors).stream()
                .map(author -> Change.of(new ReportKey(TestDatabase.WEEK, author), reason, database.clock.instant()))
                .toList());
    }

    /** Erases an author as the eraser does. */
    void erase(String author) {
        ErasedChanges erased = new ErasedChanges(changes);
        List<YearWeek> weeks = List.of(TestDatabase.WEEK);
        long number = erased.enter(author, weeks, database.clock.instant());
        database.mongo
                .getCollection(ReportStore.COLLECTION)
                .flatMap(reports -> Mono.from(reports.deleteOne(new Document("_id", TestDatabase.WEEK + "/" + author))))
                .block();
        erased.removeEarlier(author, number, weeks);
    }
}
