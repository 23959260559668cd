package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.events.LikeEvent;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An instance crashes or is overtaken between any two steps. A crashed instance does not release its leases. */
class CrashIT {

    private static final List<String> STEPS = CrashPoints.ALL;
    private static final int CHUNK = 100;

    private final TestDatabase database = new TestDatabase();
    private TestTopic likes;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = TestTopic.create(3);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @ParameterizedTest
    @FieldSource("STEPS")
    void crashAtAnyStep_losesNothing_andDoublesNothing(String step) throws Exception {
        List<LikeEvent> events = TestDatabase.randomLikes(1_000);
        likes.append(events);
        BatchInstance crashing = database.batch(likes, CHUNK, CrashPoints.crashingAt(step, 3));
        Run run = crashing.request();

        assertThatExceptionOfType(SimulatedCrash.class)
                .isThrownBy(() -> crashing.execute(run))
                .withMessage("died " + step);
        crashing.expireLeases();
        BatchInstance successor = database.batch(likes, CHUNK, CrashPoints.withoutCrash());
        successor.runUntilIdle();

        assertThat(successor.view(run).status()).isEqualTo(RunStatus.done);
        database.assertFiguresEqualNaiveCount(events);
        crashing.assertEveryRecordIsAccountedFor();
        successor.assertEveryRecordIsAccountedFor();
    }

    @Test
    void successiveCrashes_eachOneStepLater_countEveryRecordOnce() throws Exception {
        List<LikeEvent> events = TestDatabase.randomLikes(500);
        likes.append(events);
        Run run = database.batch(likes).request();

        int crashes = 0;
        for (boolean isAlive = false; !isAlive; ) {
            BatchInstance batch = database.batch(likes, CHUNK, CrashPoints.crashingAt(crashes));
            try {
                batch.execute(run);
                isAlive = true;
            } catch (SimulatedCrash e) {
                crashes++;
            }
            batch.expireLeases();
        }

        assertThat(crashes).isGreaterThan(CrashPoints.ALL.size());
        assertThat(database.batch(likes).view(run).status()).isEqualTo(RunStatus.done);
        database.assertFiguresEqualNaiveCount(events);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomCrashes_duringLikes_countEveryRecordOnce(long seed) throws Exception {
        Random random = new Random(seed);
        List<LikeEvent> events = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            List<LikeEvent> more = new ArrayList<>(TestDatabase.randomLikes(300, random.nextLong()));
            Collections.shuffle(more, random);
            likes.append(more);
            events.addAll(more);
            Run run = database.batch(likes).request();
            for (int life = 0; life < 3; life++) {
                BatchInstance batch =
                        database.batch(likes, 20 + random.nextInt(200), CrashPoints.crashingAt(random.nextInt(30)));
                try {
                    batch.execute(run);
                } catch (SimulatedCrash e) {
                    batch.expireLeases();
                }
            }
            database.batch(likes, CHUNK, CrashPoints.withoutCrash()).runUntilIdle();
        }

        database.assertFiguresEqualNaiveCount(events);
    }

    @Test
    void overtakenInstance_atAnyStep_doublesNothing() throws Exception {
        List<LikeEvent> all = new ArrayList<>();
        CrashPoints counted = CrashPoints.withoutCrash();
        for (int step = 0; step == 0 || step < counted.reached.size(); step++) {
            List<LikeEvent> events = TestDatabase.randomLikes(300, step);
            likes.append(events);
            all.addAll(events);
            BatchInstance other = database.batch(likes, CHUNK, CrashPoints.withoutCrash());
            Run run = other.request();
            int[] overtakings = {0};
            CrashPoints steps = CrashPoints.pausingAt(step, () -> {
                other.expireLeases();
                other.execute(run);
                overtakings[0]++;
            });

            BatchInstance overtaken = database.batch(likes, CHUNK, steps);
            overtaken.execute(run);

            overtaken.assertEveryRecordIsAccountedFor();
            counted = steps;
            other.runUntilIdle();
            assertThat(overtakings[0]).as("overtaken at step %s", step).isEqualTo(1);
            assertThat(other.view(run).status()).isEqualTo(RunStatus.done);
            database.assertFiguresEqualNaiveCount(all);
        }
    }

    /**
     * The loaded report already contains a part of the chunk, and another instance writes the report before it is saved.
     */
    @Test
    void recordsAlreadyInAReport_areSkippedOnce_evenAfterAConflict() throws Exception {
        List<LikeEvent> events = TestDatabase.randomLikes(300);
        likes = TestTopic.create(1);
        likes.append(events);
        BatchInstance dead = database.batch(likes, CHUNK, CrashPoints.crashingAt(CrashPoints.AFTER_BULK, 0));
        Run run = dead.request();
        assertThatExceptionOfType(SimulatedCrash.class).isThrownBy(() -> dead.execute(run));
        dead.expireLeases();
        BatchInstance other = database.batch(likes, CHUNK, CrashPoints.withoutCrash());
        boolean[] isOvertaken = {false};
        BatchInstance overtaken = database.batch(likes, events.size(), CrashPoints.notifying(step -> {
            if (step.equals(CrashPoints.AFTER_LOAD) && !isOvertaken[0]) {
                isOvertaken[0] = true;
                other.expireLeases();
                other.execute(run);
            }
        }));

        overtaken.execute(run);

        assertThat(overtaken.metrics.conflicts.count()).isPositive();
        assertThat(overtaken.records("skipped")).isPositive();
        overtaken.assertEveryRecordIsAccountedFor();
        database.assertFiguresEqualNaiveCount(events);
    }
}
