package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.SomeLikes;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.fold.WeeklyReport.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Authors are erased while instances are in the middle of a run, are paused, or die. */
class ErasureCrashIT {

    private static final List<String> STEPS = Steps.ALL;
    private static final String AUTHOR = ReportsDatabase.AUTHORS.get(0);
    private static final int CHUNK = 100;
    private static final int SMALL_CHUNK = 50;

    private final ReportsDatabase database = new ReportsDatabase();
    private final List<LikeEvent> expected = new ArrayList<>();
    private LikesOnTopic likes;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = LikesOnTopic.create(3);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void append(int count, long seed) throws Exception {
        List<LikeEvent> events = ReportsDatabase.someLikes(count, seed);
        likes.append(events);
        expected.addAll(events);
    }

    private void erase() {
        database.batch(likes).eraser.erase(AUTHOR);
        expected.removeIf(event -> event.authorId().equals(AUTHOR));
    }

    private void assertFiguresAreAsExpected() {
        database.assertFiguresEqualTheNaiveCountOf(expected);
    }

    private void assertAllIsAsExpected() {
        assertFiguresAreAsExpected();
        assertThat(database.batch(likes)
                        .verification
                        .verify(ReportsDatabase.WEEK)
                        .differences())
                .isEmpty();
    }

    /** @param hasReport whether the run finds a report of the author, or makes the first one */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAuthorWhoIsErased_atAnyStepOfARun_staysErased(boolean hasReport) throws Exception {
        Steps counted = Steps.untroubled();
        for (int step = 0; step == 0 || step < counted.taken.size(); step++) {
            if (hasReport) {
                append(25, -1 - step);
                database.batch(likes).run();
            }
            append(150, step);
            Steps steps = Steps.pausingAt(step, this::erase);
            Batch running = database.batch(likes, SMALL_CHUNK, steps);

            running.run();

            counted = steps;
            assertThat(database.figures(AUTHOR).likedEvents())
                    .as("step %s", step)
                    .isZero();
            running.assertBooksBalance();
            assertFiguresAreAsExpected();
        }
        assertAllIsAsExpected();
        assertThat(counted.taken).hasSizeGreaterThan(Steps.ALL.size());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anInstanceThatIsPaused_atAnyStep_whileAnAuthorIsErasedAndOthersGoOn_bringsNothingBack(boolean hasReport)
            throws Exception {
        Steps counted = Steps.untroubled();
        for (int step = 0; step == 0 || step < counted.taken.size(); step++) {
            if (hasReport) {
                append(25, -1 - step);
                database.batch(likes).run();
            }
            append(150, step);
            Batch other = database.batch(likes, CHUNK, Steps.untroubled());
            Run run = other.request();
            int seed = 1_000 + step;
            Steps steps = Steps.pausingAt(step, () -> {
                erase();
                other.letLeasesRunOut();
                other.workOff();
                append(25, seed);
                database.batch(likes).run();
            });
            Batch paused = database.batch(likes, SMALL_CHUNK, steps);

            paused.work(run);

            counted = steps;
            paused.assertBooksBalance();
            assertFiguresAreAsExpected();
            other.workOff();
            assertFiguresAreAsExpected();
            if (!hasReport) {
                erase();
            }
        }
        assertAllIsAsExpected();
    }

    @ParameterizedTest
    @FieldSource("STEPS")
    void anAuthorWhoIsErasedAfterAnInstanceDied_atAnyStep_staysErased(String step) throws Exception {
        likes = LikesOnTopic.create(1);
        append(1_000, 0); // the author's come first, so they fill the first two chunks
        Batch dying = database.batch(likes, CHUNK, Steps.dyingAt(step, 1));
        Run run = dying.request();
        assertThatExceptionOfType(Crash.class).isThrownBy(() -> dying.work(run));

        erase();
        append(100, 1);
        dying.letLeasesRunOut();
        Batch heir = database.batch(likes, CHUNK, Steps.untroubled());
        heir.workOff();
        heir.run();

        heir.assertBooksBalance();
        assertAllIsAsExpected();
    }

    @Test
    void aReportThatADyingInstanceSavedAfterAnErasure_isDeletedByTheNextSweep() throws Exception {
        append(100, 0);
        Batch dying = database.batch(likes, 500, Steps.telling(step -> {
            if (step.equals(Steps.BEFORE_BULK)) {
                erase();
            }
            if (step.equals(Steps.AFTER_BULK)) {
                throw new IllegalStateException("it dies before it looks for erasures again");
            }
        }));
        Run run = dying.request();
        assertThatException().isThrownBy(() -> dying.work(run));
        assertThat(database.figures(AUTHOR).likes()).as("saved too late").isPositive();

        dying.letLeasesRunOut();
        database.batch(likes).job.isBehind();

        assertThat(database.figures(AUTHOR).likes()).isZero();
        Batch heir = database.batch(likes);
        heir.workOff();
        assertThat(heir.view(run).status()).isEqualTo(Run.Status.done);
        assertAllIsAsExpected();
    }

    /** The report is saved between the run's sweep and its fold. */
    @Test
    void aReportThatADyingInstanceSavedAfterAnErasure_isNotFoldedInto() throws Exception {
        append(100, 0);
        erase();
        append(50, 1);
        WeeklyReport late = new WeeklyReport(
                new Key(ReportsDatabase.WEEK, AUTHOR), likes.log().epoch(), 0);
        late.fold(SomeLikes.HASH, new Liked("e", "p-erased", AUTHOR, "bob", SomeLikes.MONDAY), 0, 0);
        ReportStore reports = new ReportStore(database.mongo);
        boolean[] isSaved = {false};
        Batch running = database.batch(likes, 500, Steps.telling(step -> {
            if (step.equals(Steps.AFTER_POLL) && !isSaved[0]) {
                isSaved[0] = true;
                assertThat(reports.save(List.of(late)).block()).isEmpty();
            }
        }));

        running.run();

        running.assertBooksBalance();
        assertAllIsAsExpected();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void instancesThatDieAtRandom_whileLikesComeAndAuthorsAreErased_countWhatIsNotErasedOnce(long seed)
            throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 10; round++) {
            append(300, random.nextLong());
            Run run = database.batch(likes).request();
            int erasedAt = random.nextInt(10);
            int diesAt = random.nextInt(40);
            Batch batch = database.batch(likes, 20 + random.nextInt(200), Steps.pausingAt(erasedAt, () -> {
                erase();
                append(50, random.nextLong());
                Batch dying = database.batch(likes, CHUNK, Steps.dyingAt(diesAt));
                dying.letLeasesRunOut();
                try {
                    dying.work(run);
                } catch (Crash e) {
                    dying.letLeasesRunOut();
                }
            }));

            batch.work(run);

            batch.assertBooksBalance();
            Batch heir = database.batch(likes, CHUNK, Steps.untroubled());
            heir.letLeasesRunOut();
            heir.workOff();
            heir.letLeasesRunOut();
            heir.run();
            assertAllIsAsExpected();
        }
    }
}
