package io.heartline.reports.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Updates;
import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportGrowth;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.run.Run;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.CrashPoints;
import io.heartline.reports.worker.SimulatedCrash;
import io.heartline.reports.worker.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Each stored report has its likes minus those of the week before, however weeks, runs and crashes alternate. */
class ReportGrowthIT {

    private static final List<String> STEPS = CrashPoints.ALL;
    private static final int CHUNK = 60;
    private static final int WEEKS = 5;

    private final TestDatabase database = new TestDatabase();
    private TestTopic likes;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = TestTopic.create(2);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void growth_isRightAfterEachRun_alsoForLateLikes(long seed) throws Exception {
        Random random = new Random(seed);
        BatchInstance batch = database.batch(likes, CHUNK, CrashPoints.withoutCrash());
        for (int run = 0; run < 4; run++) {
            likes.append(randomEvents(random, 300));
            assertThat(batch.run().error()).isNull();

            assertGrowthIsRight();
        }
    }

    @ParameterizedTest
    @FieldSource("STEPS")
    void crashAtAnyStep_leavesTheRightGrowth_onceARunHasEnded(String step) throws Exception {
        Random random = new Random(step.hashCode());
        likes.append(randomEvents(random, 300));
        assertThat(database.batch(likes, CHUNK, CrashPoints.withoutCrash())
                        .run()
                        .error())
                .isNull();
        likes.append(randomEvents(random, 300));
        BatchInstance crashing = database.batch(likes, CHUNK, CrashPoints.crashingAt(step, 2));
        Run run = crashing.request();
        assertThatExceptionOfType(SimulatedCrash.class).isThrownBy(() -> crashing.execute(run));
        crashing.expireLeases();

        database.batch(likes, CHUNK, CrashPoints.withoutCrash()).runUntilIdle();

        assertGrowthIsRight();
    }

    @Test
    void reportsOfAReleaseWithoutGrowth_haveNone_untilTheyOrTheWeekBeforeAreSaved() throws Exception {
        BatchInstance batch = database.batch(likes, CHUNK, CrashPoints.withoutCrash());
        likes.append(List.of(like(0, "alice", "bob"), like(1, "alice", "bob"), like(3, "alice", "bob")));
        batch.run();
        database.mongo
                .getCollection(ReportStore.COLLECTION)
                .flatMap(all -> Mono.from(all.updateMany(new Document(), Updates.unset("growth"))))
                .block();
        assertThat(growth()).containsOnlyKeys(week(0), week(1), week(3)).allSatisfy((week, growth) -> assertThat(growth)
                .isNull());

        likes.append(List.of(like(0, "alice", "carol")));
        batch.run();
        assertThat(growth()).containsEntry(week(0), 2L).containsEntry(week(1), -1L);
        assertThat(growth().get(week(3)))
                .as("nothing has changed near this week")
                .isNull();

        likes.append(List.of(like(3, "alice", "carol"), like(3, "alice", "dave")));
        batch.run();
        assertThat(growth()).containsEntry(week(3), 3L);
    }

    @Test
    void afterAnErasure_theWeekBeforeCountsAsZero() throws Exception {
        BatchInstance batch = database.batch(likes, CHUNK, CrashPoints.withoutCrash());
        likes.append(List.of(like(0, "alice", "bob"), like(0, "alice", "carol"), like(1, "alice", "bob")));
        batch.run();
        assertThat(growth()).containsEntry(week(1), -1L);

        batch.eraser.erase("alice");
        likes.append(List.of(like(1, "alice", "dave")));
        batch.run();

        assertThat(growth()).containsExactly(Map.entry(week(1), 1L));
    }

    /** The erasure is recorded, and the report of the week before is not deleted yet. */
    @Test
    void reportFromBeforeAnErasure_countsAsZeroForAReportFromAfterIt() throws Exception {
        ReportStore store = new ReportStore(database.mongo);
        ReportGrowth growth = new ReportGrowth(store);
        ReportKey before = new ReportKey(TestDatabase.WEEK, "alice");
        ReportKey after = new ReportKey(TestDatabase.WEEK.plusWeeks(1), "alice");
        WeeklyReport stale = new WeeklyReport(before, "e", 0);
        stale.fold(LikeFixtures.HASH, like(0, "alice", "bob"), 0, 0);
        store.save(List.of(stale)).block();
        WeeklyReport report = new WeeklyReport(after, "e", 0).emptyAfterErasure("mark");
        report.fold(LikeFixtures.HASH, like(1, "alice", "bob"), 0, 1);

        growth.complete(List.of(report)).block();
        store.save(List.of(report)).block();
        assertThat(growth()).containsEntry(week(1), 1L);

        growth.settle(List.of(before), List.of()).block();
        assertThat(growth()).containsEntry(week(1), 1L);
    }

    /** The instance has read the week before, and another one saves that week before the new report is inserted. */
    @Test
    void newReport_whoseWeekBeforeWasSavedMeanwhile_hasTheRightGrowth() throws Exception {
        likes.append(List.of(like(0, "alice", "bob")));
        database.batch(likes).run();
        ReportStore store = new ReportStore(database.mongo);
        ReportGrowth growth = new ReportGrowth(store);
        ReportKey before = new ReportKey(TestDatabase.WEEK, "alice");
        WeeklyReport added = new WeeklyReport(
                new ReportKey(TestDatabase.WEEK.plusWeeks(1), "alice"),
                likes.log().epoch(),
                0);
        added.fold(LikeFixtures.HASH, like(1, "alice", "bob"), 0, 1_000);
        growth.complete(List.of(added)).block();

        WeeklyReport changed = store.load(List.of(before)).blockFirst();
        changed.fold(LikeFixtures.HASH, like(0, "alice", "carol"), 0, 1_001);
        store.save(List.of(changed)).block();
        growth.settle(List.of(before), List.of()).block();
        store.save(List.of(added)).block();
        assertThat(growth()).containsEntry(week(1), 0L);
        growth.settle(List.of(added.key()), List.of(added.key())).block();

        assertThat(growth()).containsEntry(week(1), -1L);
    }

    @Test
    void instanceThatHasLoadedAReport_savesNoOldGrowth_afterAnotherOneCorrectedIt() throws Exception {
        likes.append(List.of(like(0, "alice", "bob"), like(1, "alice", "bob")));
        database.batch(likes).run();
        ReportStore store = new ReportStore(database.mongo);
        ReportGrowth growth = new ReportGrowth(store);
        ReportKey before = new ReportKey(TestDatabase.WEEK, "alice");
        ReportKey after = new ReportKey(TestDatabase.WEEK.plusWeeks(1), "alice");
        WeeklyReport loadedByOther = store.load(List.of(after)).blockFirst();

        WeeklyReport changed = store.load(List.of(before)).blockFirst();
        changed.fold(LikeFixtures.HASH, like(0, "alice", "carol"), 0, 1_000);
        assertThat(store.save(List.of(changed)).block()).isEmpty();
        growth.settle(List.of(before), List.of()).block();
        loadedByOther.fold(LikeFixtures.HASH, like(1, "alice", "dave"), 0, 1_001);

        assertThat(store.save(List.of(loadedByOther)).block()).containsExactly(after);
        assertThat(growth()).containsEntry(week(1), -1L);
    }

    private static String week(int index) {
        return TestDatabase.WEEK.plusWeeks(index).toString();
    }

    private static LikeEvent like(int week, String author, String liker) {
        Instant at = LikeFixtures.MONDAY.plus(Duration.ofDays(7L * week + 2));
        return new Liked("e-" + liker + week, "p-1", author, liker, at);
    }

    private static List<LikeEvent> randomEvents(Random random, int count) {
        List<LikeEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String author = TestDatabase.AUTHORS.get(random.nextInt(TestDatabase.AUTHORS.size()));
            events.add(like(random.nextInt(WEEKS), author, "l-" + random.nextInt(60)));
        }
        return events;
    }

    private List<Document> documents() {
        return database.mongo
                .getCollection(ReportStore.COLLECTION)
                .flatMapMany(all ->
                        Flux.from(all.find().projection(Projections.include("week", "authorId", "likes", "growth"))))
                .collectList()
                .block();
    }

    /** Returns the growth of alice's reports by week. */
    private Map<String, Long> growth() {
        Map<String, Long> growth = new TreeMap<>();
        documents().stream()
                .filter(document -> document.getString("authorId").equals("alice"))
                .forEach(document -> growth.put(document.getString("week"), document.getLong("growth")));
        return growth;
    }

    private void assertGrowthIsRight() {
        List<Document> documents = documents();
        Map<String, Long> likesById = documents.stream()
                .collect(
                        Collectors.toMap(document -> document.getString("_id"), document -> document.getLong("likes")));
        assertThat(documents).hasSize(WEEKS * TestDatabase.AUTHORS.size()).allSatisfy(document -> {
            YearWeek before = YearWeek.parse(document.getString("week")).minusWeeks(1);
            long previous = likesById.getOrDefault(before + "/" + document.getString("authorId"), 0L);
            assertThat(document.getLong("growth"))
                    .as(document.toJson())
                    .isEqualTo(document.getLong("likes") - previous);
        });
    }
}
