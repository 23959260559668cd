package io.heartline.reports.feed.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Liked;
import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.feed.Change;
import io.heartline.reports.feed.ChangeReason;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.feed.FeedLease;
import io.heartline.reports.feed.FeedStore;
import io.heartline.reports.fold.DueReports;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.reports.worker.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.threeten.extra.YearWeek;

class SealingPassIT {

    private static final YearWeek WEEK = TestDatabase.WEEK;
    private static final Instant SEALED_AT = TestDatabase.CALENDAR.end(WEEK).plus(Duration.ofHours(24));

    private final TestDatabase database = new TestDatabase();
    private final ReportStore reports = new ReportStore(database.mongo);
    private final ChangeStore changes = new ChangeStore(database.mongo);
    private final FeedStore feed = new FeedStore(database.mongo);

    /** The end of an instance. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @BeforeEach
    void sealed() {
        new DatabaseSettings(database.mongo, TestDatabase.CALENDAR.zone(), LikeFixtures.HASH)
                .checkOrCreate()
                .block();
        setAsOf(SEALED_AT);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void setAsOf(Instant asOf) {
        database.mongo
                .getCollection("progress")
                .flatMapMany(all -> all.deleteMany(new Document()))
                .blockLast();
        database.mongo
                .insert(
                        new Document("_id", 0)
                                .append("epoch", "k3f9x2ab")
                                .append("generation", 0)
                                .append("partitions", 1)
                                .append("next", 0L)
                                .append("asOf", Date.from(asOf)),
                        "progress")
                .block();
    }

    private static WeeklyReport report(YearWeek week, String author) {
        WeeklyReport report = new WeeklyReport(new ReportKey(week, author), "k3f9x2ab", 0);
        like(report, 0);
        return report;
    }

    private static void like(WeeklyReport report, long offset) {
        report.fold(
                LikeFixtures.HASH,
                new Liked("e", "p-1", report.key().authorId(), "bob-" + offset, LikeFixtures.MONDAY),
                0,
                offset);
    }

    private void save(WeeklyReport... saved) {
        assertThat(reports.save(Arrays.asList(saved)).block()).isEmpty();
    }

    private void saveAuthors(int count) {
        save(IntStream.range(0, count)
                .mapToObj(i -> report(WEEK, "author-" + i))
                .toArray(WeeklyReport[]::new));
    }

    /** Saves another like of a report of the sealed week, as a run does. */
    private void correct(String author) {
        WeeklyReport report =
                reports.load(List.of(new ReportKey(WEEK, author))).next().block();
        like(report, report.next());
        report.recordCorrection("run-" + report.next());
        report.markFeedDue();
        save(report);
    }

    private TestFeed instance() {
        return new TestFeed(database, () -> {});
    }

    private List<Change> entered() {
        return changes.after(0, 10_000).block();
    }

    private List<String> authors() {
        return entered().stream().map(change -> change.key().authorId()).toList();
    }

    private List<ChangeReason> reasons() {
        return entered().stream().map(Change::reason).toList();
    }

    @Test
    void weekThatIsNotSealed_isNotEntered_andASealedWeekIs() {
        saveAuthors(2);
        setAsOf(SEALED_AT.minusMillis(1));
        TestFeed instance = instance();
        instance.enterMissing();
        assertThat(entered()).isEmpty();

        setAsOf(SEALED_AT);
        instance.enterMissing();
        instance.enterMissing();

        assertThat(authors()).containsExactly("author-0", "author-1");
        assertThat(reasons()).containsOnly(ChangeReason.sealed);
        assertThat(instance.changes("sealed")).isEqualTo(2);
        assertThat(instance.completeAt()).isEqualTo(database.clock.instant().getEpochSecond());
    }

    @Test
    void otherWeeks_areEnteredOldestFirst_andLaterOnesAreNot() {
        save(report(WEEK, "carol"), report(WEEK.minusWeeks(5), "bob"), report(WEEK.plusWeeks(1), "alice"));

        instance().enterMissing();

        assertThat(authors()).containsExactly("bob", "carol");
    }

    @Test
    void reportOfAnEarlierRelease_isEntered_andReenteredAfterACorrection() {
        saveAuthors(1); // without a mark
        instance().enterMissing();

        correct("author-0");
        TestFeed instance = instance();
        instance.enterMissing();

        assertThat(reasons()).containsExactly(ChangeReason.sealed, ChangeReason.corrected);
        instance.enterMissing();
        assertThat(entered()).hasSize(2);
        assertThat(instance.changes("corrected")).isOne();
    }

    @Test
    void correctionBeforeThePass_isEnteredOnce_asCorrected() {
        saveAuthors(2);
        correct("author-1");

        instance().enterMissing();

        assertThat(reasons()).containsExactly(ChangeReason.sealed, ChangeReason.corrected);
    }

    @Test
    void firstReportOfAnOldWeek_isEntered() {
        TestFeed instance = instance();
        instance.enterMissing();
        WeeklyReport late = report(WEEK, "alice");
        late.recordCorrection("run-1");
        late.markFeedDue();
        save(late);

        instance.enterMissing();

        assertThat(reasons()).containsExactly(ChangeReason.corrected);
    }

    /** The number of authors is over one batch. */
    @Test
    void crashAtAnyStep_andAnyStepOfTheNextInstance_losesNoReport() {
        saveAuthors(501);
        correct("author-7");
        Set<String> all = new HashSet<>();
        IntStream.range(0, 501).forEach(i -> all.add("author-" + i));
        boolean isCrashed = true;
        for (int step = 0; isCrashed; step++) {
            int crashAt = step;
            AtomicInteger steps = new AtomicInteger();
            TestFeed instance = new TestFeed(database, () -> {
                if (steps.getAndIncrement() == crashAt) {
                    throw new Crash();
                }
            });
            try {
                instance.enterMissingWithoutLease();
                isCrashed = false;
            } catch (Crash e) {
                assertThat(feed.passes().block().getOrDefault(WEEK, FeedStore.Pass.NOT_STARTED))
                        .as("a pass that has crashed at step %s may only be done after its last write", step)
                        .satisfies(pass -> assertThat(!pass.isDone() || new HashSet<>(authors()).equals(all))
                                .isTrue());
            }
        }
        assertThat(new HashSet<>(authors())).isEqualTo(all);
        assertThat(new DueReports(database.mongo).marked(WEEK).collectList().block())
                .isEmpty();
    }

    @Test
    void saveBetweenReadAndRemovalOfTheMark_isEnteredAgain() {
        saveAuthors(1);
        instance().enterMissing();
        correct("author-0");
        AtomicInteger steps = new AtomicInteger();
        TestFeed interrupted = new TestFeed(database, () -> {
            if (steps.getAndIncrement() == 2) { // the report is read, and its change is not appended yet
                correct("author-0");
            }
        });

        interrupted.enterMissing();

        assertThat(entered()).hasSize(2);
        assertThat(new DueReports(database.mongo).marked(WEEK).collectList().block())
                .hasSize(1);
        interrupted.enterMissing();
        assertThat(entered()).hasSize(3);
    }

    @Test
    void reportOfAnErasedAuthor_isNotEntered() {
        save(report(WEEK, "alice"), report(WEEK, "bob"));
        database.mongo
                .insert(
                        new Document("_id", "alice")
                                .append("mark", "m")
                                .append("erasedAt", new Date())
                                .append("sweepAt", new Date()),
                        "erasures")
                .block();
        assertThat(new ErasureStore(database.mongo).findAll().block()).hasSize(1);

        instance().enterMissing();

        assertThat(authors()).containsExactly("bob");
    }

    @Test
    void reportThatExistsBesideAnErasedChange_isEnteredAfterIt() {
        saveAuthors(2);
        TestFeed instance = instance();
        instance.enterMissing();
        changes.append(
                List.of(Change.of(new ReportKey(WEEK, "author-1"), ChangeReason.erased, database.clock.instant())));

        instance.enterMissing();
        instance.enterMissing();

        assertThat(authors()).containsExactly("author-0", "author-1", "author-1", "author-1");
        assertThat(reasons().get(3)).isEqualTo(ChangeReason.corrected);
    }

    @Test
    void stoppedInstance_continuesWhereItHasStopped() {
        saveAuthors(1_001);
        AtomicInteger asked = new AtomicInteger();
        TestFeed stopped = instance();

        stopped.pass.enterMissing(() -> asked.getAndIncrement() < 1);
        assertThat(entered()).hasSize(500);
        stopped.pass.enterMissing(() -> true);

        assertThat(entered()).hasSize(1_001);
    }

    @Test
    void instanceWithoutTheLease_entersNothing_untilTheLeaseExpires() {
        saveAuthors(1);
        assertThat(new FeedLease(database.mongo, FeedLease.SEALING, database.clock).acquireOrRenew())
                .isTrue();

        instance().enterMissing();
        assertThat(entered()).isEmpty();

        database.clock.advance(Duration.ofSeconds(31));
        instance().enterMissing();
        assertThat(entered()).hasSize(1);
    }

    @Test
    void leaseUntilAnImplausibleTime_isTakenOver() {
        saveAuthors(1);
        InstantSource wrong = InstantSource.fixed(database.clock.instant().plus(Duration.ofDays(1)));
        new FeedLease(database.mongo, FeedLease.SEALING, wrong).acquireOrRenew();

        instance().enterMissing();

        assertThat(entered()).hasSize(1);
    }

    @Test
    void withoutProgress_nothingIsEntered() {
        saveAuthors(1);
        database.mongo.dropCollection("progress").block();

        TestFeed instance = instance();
        instance.enterMissing();

        assertThat(new ProgressStore(database.mongo).all().block()).isEmpty();
        assertThat(entered()).isEmpty();
        assertThat(instance.completeAt()).isNaN();
    }
}
