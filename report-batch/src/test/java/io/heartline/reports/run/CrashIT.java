package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.events.LikeEvent;
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

/** An instance that dies does so between any two steps, and leaves its leases behind. */
class CrashIT {

    private static final List<String> STEPS = Steps.ALL;
    private static final int CHUNK = 100;

    private final ReportsDatabase database = new ReportsDatabase();
    private LikesOnTopic likes;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = LikesOnTopic.create(3);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @ParameterizedTest
    @FieldSource("STEPS")
    void anInstanceThatDies_atAnyStep_leavesNothingUncounted_andNothingDoubled(String step) throws Exception {
        List<LikeEvent> events = ReportsDatabase.someLikes(1_000);
        likes.append(events);
        Batch dying = database.batch(likes, CHUNK, Steps.dyingAt(step, 3));
        Run run = dying.request();

        assertThatExceptionOfType(Crash.class).isThrownBy(() -> dying.work(run)).withMessage("died " + step);
        dying.letLeasesRunOut();
        Batch heir = database.batch(likes, CHUNK, Steps.untroubled());
        heir.workOff();

        assertThat(heir.view(run).status()).isEqualTo(Run.Status.done);
        database.assertFiguresEqualTheNaiveCountOf(events);
        dying.assertBooksBalance();
        heir.assertBooksBalance();
    }

    @Test
    void aRunWhoseInstancesDieOneAfterTheOther_eachAStepLaterThanTheLast_countsEveryRecordOnce() throws Exception {
        List<LikeEvent> events = ReportsDatabase.someLikes(500);
        likes.append(events);
        Run run = database.batch(likes).request();

        int deaths = 0;
        for (boolean isAlive = false; !isAlive; ) {
            Batch batch = database.batch(likes, CHUNK, Steps.dyingAt(deaths));
            try {
                batch.work(run);
                isAlive = true;
            } catch (Crash e) {
                deaths++;
            }
            batch.letLeasesRunOut();
        }

        assertThat(deaths).isGreaterThan(Steps.ALL.size());
        assertThat(database.batch(likes).view(run).status()).isEqualTo(Run.Status.done);
        database.assertFiguresEqualTheNaiveCountOf(events);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void instancesThatDieAtRandom_whileLikesKeepComing_countEveryRecordOnce(long seed) throws Exception {
        Random random = new Random(seed);
        List<LikeEvent> events = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            List<LikeEvent> more = new ArrayList<>(ReportsDatabase.someLikes(300, random.nextLong()));
            Collections.shuffle(more, random);
            likes.append(more);
            events.addAll(more);
            Run run = database.batch(likes).request();
            for (int life = 0; life < 3; life++) {
                Batch batch = database.batch(likes, 20 + random.nextInt(200), Steps.dyingAt(random.nextInt(30)));
                try {
                    batch.work(run);
                } catch (Crash e) {
                    batch.letLeasesRunOut();
                }
            }
            database.batch(likes, CHUNK, Steps.untroubled()).workOff();
        }

        database.assertFiguresEqualTheNaiveCountOf(events);
    }

    @Test
    void anInstanceThatIsOvertaken_atAnyStep_whileItStillWrites_doublesNothing() throws Exception {
        List<LikeEvent> all = new ArrayList<>();
        Steps counted = Steps.untroubled();
        for (int step = 0; step == 0 || step < counted.taken.size(); step++) {
            List<LikeEvent> events = ReportsDatabase.someLikes(300, step);
            likes.append(events);
            all.addAll(events);
            Batch other = database.batch(likes, CHUNK, Steps.untroubled());
            Run run = other.request();
            int[] overtakings = {0};
            Steps steps = Steps.pausingAt(step, () -> {
                other.letLeasesRunOut();
                other.work(run);
                overtakings[0]++;
            });

            Batch overtaken = database.batch(likes, CHUNK, steps);
            overtaken.work(run);

            overtaken.assertBooksBalance();
            counted = steps;
            other.workOff();
            assertThat(overtakings[0]).as("overtaken at step %s", step).isEqualTo(1);
            assertThat(other.view(run).status()).isEqualTo(Run.Status.done);
            database.assertFiguresEqualTheNaiveCountOf(all);
        }
    }

    /** It was loaded with a part of the chunk in it, and somebody else wrote it before it could be saved. */
    @Test
    void whatAReportHadAlready_isSkippedOnce_alsoWhenItIsFoldedAgain() throws Exception {
        List<LikeEvent> events = ReportsDatabase.someLikes(300);
        likes = LikesOnTopic.create(1);
        likes.append(events);
        Batch dead = database.batch(likes, CHUNK, Steps.dyingAt(Steps.AFTER_BULK, 0));
        Run run = dead.request();
        assertThatExceptionOfType(Crash.class).isThrownBy(() -> dead.work(run));
        dead.letLeasesRunOut();
        Batch other = database.batch(likes, CHUNK, Steps.untroubled());
        boolean[] isOvertaken = {false};
        Batch overtaken = database.batch(likes, events.size(), Steps.telling(step -> {
            if (step.equals(Steps.AFTER_LOAD) && !isOvertaken[0]) {
                isOvertaken[0] = true;
                other.letLeasesRunOut();
                other.work(run);
            }
        }));

        overtaken.work(run);

        assertThat(overtaken.metrics.conflicts.count()).isPositive();
        assertThat(overtaken.records("skipped")).isPositive();
        overtaken.assertBooksBalance();
        database.assertFiguresEqualTheNaiveCountOf(events);
    }
}
