package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.reports.run.Progress.Unstable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Run WAITING = Run.requested("r", Run.ON_REQUEST, NOON);
    private static final Run GOING = with(null);

    @Test
    void aRunThatWaits_isRunning_withoutFigures() {
        Run.View view = WAITING.view(Map.of(), true, NOON);

        assertThat(view.status()).isEqualTo(Run.Status.running);
        assertThat(view.startedAt()).isNull();
        assertThat(view.recordsTotal()).isNull();
    }

    @Test
    void aRunThatIsInNoQueue_andNotDone_hasFailed() {
        Run.View view = WAITING.view(Map.of(), false, NOON.plusSeconds(60));

        assertThat(view.status()).isEqualTo(Run.Status.failed);
        assertThat(view.error()).contains("before it was queued");
        assertThat(GOING.view(Map.of(), false, NOON.plusSeconds(60)).error()).contains("removed from the queue");
    }

    @Test
    void aRunThatIsGoing_saysHowFarItIs_fromProgress() {
        Run.View view = GOING.view(Map.of(0, at(0, 50), 1, at(1, 125)), true, NOON.plusSeconds(3));

        assertThat(view.status()).isEqualTo(Run.Status.running);
        assertThat(view.recordsDone()).isEqualTo(75);
        assertThat(view.recordsTotal()).isEqualTo(100);
        assertThat(view.recordsPerSecond()).isEqualTo(25);
        assertThat(view.etaSeconds()).isEqualTo(1);
    }

    @Test
    void aRunThatIsBeingQueued_isRunning() {
        assertThat(WAITING.view(Map.of(), false, NOON.plusSeconds(1)).status()).isEqualTo(Run.Status.running);
    }

    @Test
    void aRunIsDoneOnceItsEndIsWrittenDown_andNotBefore() {
        Map<Integer, Progress> folded = Map.of(0, at(0, 50), 1, at(1, 4_000));
        Run.View before = GOING.view(folded, true, NOON.plusSeconds(60));
        Run.View after = GOING.finished(NOON.plusSeconds(60), null).view(folded, true, NOON.plusSeconds(60));

        assertThat(before.status()).isEqualTo(Run.Status.running);
        assertThat(before.recordsDone()).isEqualTo(100);
        assertThat(after.status()).isEqualTo(Run.Status.done);
        assertThat(after.finishedAt()).isEqualTo(NOON.plusSeconds(60));
    }

    @Test
    void aRunThatWasFinished_isDone_thoughPositionsCountAnewSince() {
        Run.View view = GOING.finished(NOON.plusSeconds(2), null).view(Map.of(0, of("other", 0, 7)), false, NOON);

        assertThat(view.status()).isEqualTo(Run.Status.done);
        assertThat(view.recordsDone()).isEqualTo(100);
        assertThat(view.recordsPerSecond()).isEqualTo(50);
    }

    @Test
    void progressInAnotherLog_isNone_andNoRunGoesOnWithIt() {
        Progress other = of("other", 0, 50);

        assertThat(GOING.view(Map.of(0, other), true, NOON).recordsDone()).isZero();
        assertThatExceptionOfType(LogGapException.class)
                .isThrownBy(() -> GOING.checkPositions(List.of(other)))
                .withMessageContaining("partition 0");
    }

    @Test
    void aRunThatFailed_saysWhy() {
        Run.View view = GOING.finished(NOON, "why").view(Map.of(), false, NOON);

        assertThat(view.status()).isEqualTo(Run.Status.failed);
        assertThat(view.error()).isEqualTo("why");
    }

    @Test
    void aRunDuringWhichTheClockWasPutBack_tookNoTime_andHasNoRate() {
        Run finished = GOING.finished(NOON.minusSeconds(3_600), null);
        Run.View view = finished.view(Map.of(), false, NOON);

        assertThat(finished.millis()).isZero();
        assertThat(view.finishedAt()).isEqualTo(NOON);
        assertThat(view.recordsPerSecond()).isNull();
    }

    @Test
    void aRunThatIsGoingWhileTheClockIsPutBack_hasNoRate() {
        Run.View view = GOING.view(Map.of(0, at(0, 50)), true, NOON.minusSeconds(3_600));

        assertThat(view.recordsDone()).isEqualTo(50);
        assertThat(view.recordsPerSecond()).isNull();
        assertThat(view.etaSeconds()).isNull();
    }

    @Test
    void highWatermarkAboveTheTarget_theRunPromisesNothingThere_andLagIncludesIt() {
        Run run = with(List.of(50L, 170L));

        assertThat(run.isStable(0)).isTrue();
        assertThat(run.unstable(0)).isNull();
        assertThat(run.isStable(1)).isFalse();
        assertThat(run.unstable(1)).isEqualTo(new Unstable(170, NOON));
        assertThat(run.lag(Map.of(0, at(0, 50), 1, at(1, 125)))).isEqualTo(45);
    }

    @Test
    void runThatAnOlderVersionPlanned_promisesNothing_untilTheNextLook() {
        assertThat(GOING.isStable(0)).isFalse();
        assertThat(GOING.unstable(0)).isNull();
        assertThat(GOING.lag(Map.of(0, at(0, 50), 1, at(1, 125)))).isEqualTo(25);
    }

    @Test
    void progressThatReachesTheHighWatermarkOfALook_includesEverythingLoggedByThen() {
        Progress waiting = at(0, 50).upTo(60, null, null, new Unstable(70, NOON));

        assertThat(waiting.upTo(69, null, null, null).asOf()).isNull();
        assertThat(waiting.upTo(70, null, null, null).asOf()).isEqualTo(NOON);
        assertThat(waiting.upTo(69, null, null, new Unstable(80, NOON.plusSeconds(1)))
                        .unstable())
                .as("or asOf would never move while a transaction is open at every look")
                .isEqualTo(new Unstable(70, NOON));
        assertThat(waiting.upTo(70, null, NOON.plusSeconds(2), null).asOf()).isEqualTo(NOON.plusSeconds(2));
    }

    @Test
    void partitionWithoutLeader_theRunIsNotDoneOnceTheOthersAreFolded_butFailsAndNamesIt() {
        Run run = with(List.of(50L, Run.UNREACHABLE));
        Map<Integer, Progress> folded = Map.of(0, at(0, 50), 1, at(1, 150));

        assertThat(run.isReached(folded)).isTrue();
        assertThat(run.view(folded, true, NOON).status()).isEqualTo(Run.Status.running);
        assertThat(run.shortcoming()).contains("partition 1 has no leader");
        assertThat(run.finished(NOON, run.shortcoming())
                        .view(folded, false, NOON)
                        .status())
                .isEqualTo(Run.Status.failed);
    }

    private static Run with(List<Long> highWatermarks) {
        return new Run(
                "r",
                Run.ON_REQUEST,
                NOON,
                NOON,
                null,
                "instance",
                "epoch",
                List.of(0L, 100L),
                List.of(50L, 150L),
                highWatermarks,
                null,
                null);
    }

    private static Progress at(int partition, long next) {
        return of("epoch", partition, next);
    }

    private static Progress of(String epoch, int partition, long next) {
        return new Progress(partition, epoch, 0, 2, next, null, null, null, null, null, null);
    }
}
