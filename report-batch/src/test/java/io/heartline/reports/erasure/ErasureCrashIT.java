package io.heartline.reports.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunStatus;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.CrashPoints;
import io.heartline.reports.worker.SimulatedCrash;
import io.heartline.reports.worker.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Authors are erased while instances execute a run, are paused, or crash. */
@Order(0) // starts first, because it takes long
@Tag("slow")
class ErasureCrashIT {

    private static final List<String> STEPS = CrashPoints.ALL;
    private static final String AUTHOR = TestDatabase.AUTHORS.get(0);
    private static final int CHUNK = 100;
    private static final int SMALL_CHUNK = 50;

    private final TestDatabase database = new TestDatabase();
    private final List<LikeEvent> expected = new ArrayList<>();
    private TestTopic likes;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = TestTopic.create(3);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void append(int count, long seed) throws Exception {
        List<LikeEvent> events = TestDatabase.randomLikes(count, seed);
        likes.append(events);
        expected.addAll(events);
    }

    private void erase() {
        database.batch(likes).eraser.erase(AUTHOR);
        expected.removeIf(event -> event.authorId().equals(AUTHOR));
    }

    private void assertFiguresAreAsExpected() {
        database.assertFiguresEqualNaiveCount(expected);
    }

    private void assertAllIsAsExpected() {
        assertFiguresAreAsExpected();
        assertThat(database.batch(likes).verification.verify(TestDatabase.WEEK).differences())
                .isEmpty();
    }

    /** @param hasReport true if the author has a report before the run, false if the run creates the first one */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void erasedAuthor_atAnyStepOfARun_staysErased(boolean hasReport) throws Exception {
        CrashPoints counted = CrashPoints.withoutCrash();
        for (int step = 0; step == 0 || step < counted.reached.size(); step++) {
            if (hasReport) {
                append(25, -1 - step);
                database.batch(likes).run();
            }
            append(150, step);
            CrashPoints steps = CrashPoints.pausingAt(step, this::erase);
            BatchInstance running = database.batch(likes, SMALL_CHUNK, steps);

            running.run();

            counted = steps;
            assertThat(database.figures(AUTHOR).likedEvents())
                    .as("step %s", step)
                    .isZero();
            running.assertEveryRecordIsAccountedFor();
            assertFiguresAreAsExpected();
        }
        assertAllIsAsExpected();
        assertThat(counted.reached).hasSizeGreaterThan(CrashPoints.ALL.size());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pausedInstance_atAnyStep_duringAnErasure_restoresNothing(boolean hasReport) throws Exception {
        CrashPoints counted = CrashPoints.withoutCrash();
        for (int step = 0; step == 0 || step < counted.reached.size(); step++) {
            if (hasReport) {
                append(25, -1 - step);
                database.batch(likes).run();
            }
            append(150, step);
            BatchInstance other = database.batch(likes, CHUNK, CrashPoints.withoutCrash());
            Run run = other.request();
            int seed = 1_000 + step;
            CrashPoints steps = CrashPoints.pausingAt(step, () -> {
                erase();
                other.expireLeases();
                other.runUntilIdle();
                append(25, seed);
                database.batch(likes).run();
            });
            BatchInstance paused = database.batch(likes, SMALL_CHUNK, steps);

            paused.execute(run);

            counted = steps;
            paused.assertEveryRecordIsAccountedFor();
            assertFiguresAreAsExpected();
            other.runUntilIdle();
            assertFiguresAreAsExpected();
            if (!hasReport) {
                erase();
            }
        }
        assertAllIsAsExpected();
    }

    @ParameterizedTest
    @FieldSource("STEPS")
    void erasedAuthor_afterACrashAtAnyStep_staysErased(String step) throws Exception {
        likes = TestTopic.create(1);
        append(1_000, 0); // the author's likes come first, so they fill the first two chunks
        BatchInstance crashing = database.batch(likes, CHUNK, CrashPoints.crashingAt(step, 1));
        Run run = crashing.request();
        assertThatExceptionOfType(SimulatedCrash.class).isThrownBy(() -> crashing.execute(run));

        erase();
        append(100, 1);
        crashing.expireLeases();
        BatchInstance successor = database.batch(likes, CHUNK, CrashPoints.withoutCrash());
        successor.runUntilIdle();
        successor.run();

        successor.assertEveryRecordIsAccountedFor();
        assertAllIsAsExpected();
    }

    @Test
    void reportSavedAfterAnErasure_isDeletedByTheNextSweep() throws Exception {
        append(100, 0);
        BatchInstance crashing = database.batch(likes, 500, CrashPoints.notifying(step -> {
            if (step.equals(CrashPoints.BEFORE_BULK)) {
                erase();
            }
            if (step.equals(CrashPoints.AFTER_BULK)) {
                throw new IllegalStateException("it dies before it looks for erasures again");
            }
        }));
        Run run = crashing.request();
        assertThatException().isThrownBy(() -> crashing.execute(run));
        assertThat(database.figures(AUTHOR).likes())
                .as("likes of the report that was saved after the erasure")
                .isPositive();

        crashing.expireLeases();
        database.batch(likes).findsWork();

        assertThat(database.figures(AUTHOR).likes()).isZero();
        BatchInstance successor = database.batch(likes);
        successor.runUntilIdle();
        assertThat(successor.view(run).status()).isEqualTo(RunStatus.done);
        assertAllIsAsExpected();
    }

    /** The report is saved after the run's sweep and before its fold. */
    @Test
    void reportSavedAfterAnErasure_isNotFoldedInto() throws Exception {
        append(100, 0);
        erase();
        append(50, 1);
        WeeklyReport late = new WeeklyReport(
                new ReportKey(TestDatabase.WEEK, AUTHOR), likes.log().epoch(), 0);
        late.fold(LikeFixtures.HASH, new Liked("e", "p-erased", AUTHOR, "bob", LikeFixtures.MONDAY), 0, 0);
        ReportStore reports = new ReportStore(database.mongo);
        boolean[] isSaved = {false};
        BatchInstance running = database.batch(likes, 500, CrashPoints.notifying(step -> {
            if (step.equals(CrashPoints.AFTER_POLL) && !isSaved[0]) {
                isSaved[0] = true;
                assertThat(reports.save(List.of(late)).block()).isEmpty();
            }
        }));

        running.run();

        running.assertEveryRecordIsAccountedFor();
        assertAllIsAsExpected();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomCrashes_duringLikesAndErasures_countEachRemainingLikeOnce(long seed) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 10; round++) {
            append(300, random.nextLong());
            Run run = database.batch(likes).request();
            int erasedAt = random.nextInt(10);
            int diesAt = random.nextInt(40);
            BatchInstance batch =
                    database.batch(likes, 20 + random.nextInt(200), CrashPoints.pausingAt(erasedAt, () -> {
                        erase();
                        append(50, random.nextLong());
                        BatchInstance crashing = database.batch(likes, CHUNK, CrashPoints.crashingAt(diesAt));
                        crashing.expireLeases();
                        try {
                            crashing.execute(run);
                        } catch (SimulatedCrash e) {
                            crashing.expireLeases();
                        }
                    }));

            batch.execute(run);

            batch.assertEveryRecordIsAccountedFor();
            BatchInstance successor = database.batch(likes, CHUNK, CrashPoints.withoutCrash());
            successor.expireLeases();
            successor.runUntilIdle();
            successor.expireLeases();
            successor.run();
            assertAllIsAsExpected();
        }
    }
}
