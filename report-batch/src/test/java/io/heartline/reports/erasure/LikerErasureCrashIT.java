package io.heartline.reports.erasure;

import static io.heartline.reports.erasure.LikerErasureFixture.AUTHOR;
import static io.heartline.reports.erasure.LikerErasureFixture.LIKER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.run.Run;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.CrashPoints;
import io.heartline.reports.worker.SimulatedCrash;
import io.heartline.reports.worker.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Mono;

/** Likers are erased while instances execute a run, are paused, or crash, and while the erasing instance crashes. */
@Order(0) // starts first, because it takes long
@Tag("slow")
class LikerErasureCrashIT {

    private static final List<String> STEPS = CrashPoints.ALL;
    private static final int CHUNK = 40;

    private final TestDatabase database = new TestDatabase();
    private final LikerErasureFixture fixture = new LikerErasureFixture(database);
    private TestTopic likes;

    /** Erasures whose instance crashes before or after one of its writes. */
    private static final class CrashingErasures extends LikerErasureStore {

        private final AtomicInteger steps = new AtomicInteger();
        private final int crashAt;

        CrashingErasures(ReactiveMongoTemplate mongo, int crashAt) {
            super(mongo);
            this.crashAt = crashAt;
        }

        private <T> Mono<T> step(Mono<T> write) {
            return Mono.<T>fromRunnable(this::step).then(write.doOnTerminate(this::step));
        }

        private void step() {
            if (steps.getAndIncrement() == crashAt) {
                throw new IllegalStateException("crashed at step " + crashAt);
            }
        }

        @Override
        Mono<LikerErasure> add(String authorId, long liker, String secretCheck, Instant now) {
            return step(super.add(authorId, liker, secretCheck, now));
        }

        @Override
        Mono<Void> setPairs(LikerErasure erasure, byte[] pairs) {
            return step(super.setPairs(erasure, pairs));
        }

        @Override
        Mono<Void> setComplete(LikerErasure erasure) {
            return step(super.setComplete(erasure));
        }

        @Override
        Mono<Void> settle(LikerErasure pending, EndOffsets.EndOffset end, int generation) {
            return step(super.settle(pending, end, generation));
        }

        @Override
        Mono<Void> removeEarlier(LikerErasure settled) {
            return step(super.removeEarlier(settled));
        }
    }

    @BeforeEach
    void ownTopic() throws Exception {
        likes = TestTopic.create(3);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void append(int count, long seed) throws Exception {
        fixture.append(likes, count, seed);
    }

    private void erase() {
        database.batch(likes).likerEraser.erase(AUTHOR, LIKER);
        fixture.erased();
    }

    /** Deletes the author's reports, so that the next run creates new ones. */
    private void eraseAuthor() {
        database.batch(likes).eraser.erase(AUTHOR);
        fixture.erasedAuthor();
    }

    private void assertAllIsAsExpected(String description) {
        fixture.assertFiguresAreAsExpected(description);
        fixture.assertGrowthIsAsExpected(description);
        for (int i = 0; i < 3; i++) {
            assertThat(database.batch(likes)
                            .verification
                            .verify(LikerErasureFixture.week(i))
                            .differences())
                    .as(description)
                    .isEmpty();
        }
    }

    /** @param hasReport true if the author has reports before the run, false if the run creates the first ones */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void erasedLiker_atAnyStepOfARun_staysErased(boolean hasReport) throws Exception {
        CrashPoints counted = CrashPoints.withoutCrash();
        for (int step = 0; step == 0 || step < counted.reached.size(); step++) {
            if (hasReport) {
                append(25, -1 - step);
                database.batch(likes).run();
            }
            append(80, step);
            CrashPoints steps = CrashPoints.pausingAt(step, this::erase);
            BatchInstance running = database.batch(likes, CHUNK, steps);

            running.run();

            counted = steps;
            running.assertEveryRecordIsAccountedFor();
            assertAllIsAsExpected("step " + step);
            if (!hasReport) {
                eraseAuthor();
            }
        }
        assertThat(counted.reached).hasSizeGreaterThan(CrashPoints.ALL.size());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pausedInstance_atAnyStep_duringAnErasure_restoresNothing(boolean hasReport) throws Exception {
        CrashPoints counted = CrashPoints.withoutCrash();
        for (int step = 0; step == 0 || step < counted.reached.size(); step++) {
            append(80, step);
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
            BatchInstance paused = database.batch(likes, CHUNK, steps);

            paused.execute(run);

            counted = steps;
            fixture.assertFiguresAreAsExpected("step " + step);
            other.runUntilIdle();
            assertAllIsAsExpected("step " + step);
            if (!hasReport) {
                eraseAuthor();
            }
        }
    }

    @ParameterizedTest
    @FieldSource("STEPS")
    void erasedLiker_afterACrashOfARunAtAnyStep_staysErased(String step) throws Exception {
        likes = TestTopic.create(1);
        append(500, 0);
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
        assertAllIsAsExpected(step);
    }

    /** The steps are before and after each load and save of reports, and before and after each write of the erasure. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void erasure_thatCrashesAtAnyStep_isCompletedByTheNextSweepOrFold(boolean isSwept) throws Exception {
        boolean[] isCrashed = {true};
        int step = 0;
        for (boolean isOfReports : new boolean[] {false, true}) {
            isCrashed[0] = true;
            for (step = 0; isCrashed[0]; step++) {
                append(60, 100 + step);
                database.batch(likes).run();
                append(20, 200 + step); // in flight
                isCrashed[0] = eraseAndCrash(isOfReports, step);
                boolean isRecorded = !isCrashed[0] || isOfReports || step > 0;
                if (isRecorded) {
                    fixture.erased();
                }
                BatchInstance next = database.batch(likes);
                if (isSwept) {
                    next.findsWork();
                }
                next.run();
                assertAllIsAsExpected((isOfReports ? "reports, step " : "erasures, step ") + step);
            }
            assertThat(step).as("steps").isGreaterThan(4);
        }
    }

    private boolean eraseAndCrash(boolean isOfReports, int step) {
        BatchInstance crashing =
                isOfReports ? database.batch(likes, CHUNK, CrashPoints.crashingAt(step)) : database.batch(likes);
        CrashingErasures erasures = new CrashingErasures(database.mongo, isOfReports ? Integer.MAX_VALUE : step);
        ErasureStores stores = crashing.erasureStores;
        LikerEraser eraser = new LikerEraser(
                likes.clients(10),
                new ErasureStores(
                        stores.authors(),
                        erasures,
                        stores.reports(),
                        stores.changes(),
                        stores.progress(),
                        stores.hash(),
                        stores.calendar()),
                new DatabaseSettings(database.mongo, TestDatabase.CALENDAR.zone(), LikeFixtures.HASH),
                database.clock);
        try {
            eraser.erase(AUTHOR, LIKER);
            return false;
        } catch (SimulatedCrash | IllegalStateException e) {
            return true;
        }
    }

    @Test
    void reportSavedAfterAnErasure_isCleanedByTheNextSweep() throws Exception {
        append(300, 0);
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
        ReportKey saved = new ReportKey(TestDatabase.WEEK, AUTHOR);
        assertThat(fixture.stored(saved).likers())
                .as("likers of the report that was saved after the erasure")
                .isEqualTo(5);

        crashing.expireLeases();
        database.batch(likes).findsWork();

        assertThat(fixture.stored(saved).likers()).as("after the sweep").isEqualTo(4);
        database.batch(likes).runUntilIdle();
        assertAllIsAsExpected("after the run");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomCrashes_duringLikesAndErasures_countEachRemainingLikeOnce(long seed) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 10; round++) {
            append(150, random.nextLong());
            Run run = database.batch(likes).request();
            int erasedAt = random.nextInt(10);
            int diesAt = random.nextInt(40);
            BatchInstance batch =
                    database.batch(likes, 20 + random.nextInt(100), CrashPoints.pausingAt(erasedAt, () -> {
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
            assertAllIsAsExpected("round " + round);
        }
    }
}
