package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.reports.failure.LogGapException;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.Progress.Unstable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Run WAITING = Run.requested("r", Run.ON_REQUEST, NOON);
    private static final Run RUNNING = with(null);

    @Test
    void waitingRun_isRunning_withoutFigures() {
        Run.RunView view = WAITING.view(Map.of(), true, NOON);

        assertThat(view.status()).isEqualTo(Run.RunStatus.running);
        assertThat(view.startedAt()).isNull();
        assertThat(view.recordsTotal()).isNull();
    }

    @Test
    void unqueuedUnfinishedRun_hasFailed() {
        Run.RunView view = WAITING.view(Map.of(), false, NOON.plusSeconds(60));

        assertThat(view.status()).isEqualTo(Run.RunStatus.failed);
        assertThat(view.error()).contains("before it was queued");
        assertThat(RUNNING.view(Map.of(), false, NOON.plusSeconds(60)).error()).contains("removed from the queue");
    }

    @Test
    void runningRun_showsRecordsDone_fromProgress() {
        Run.RunView view = RUNNING.view(Map.of(0, progressAt(0, 50), 1, progressAt(1, 125)), true, NOON.plusSeconds(3));

        assertThat(view.status()).isEqualTo(Run.RunStatus.running);
        assertThat(view.recordsDone()).isEqualTo(75);
        assertThat(view.recordsTotal()).isEqualTo(100);
        assertThat(view.recordsPerSecond()).isEqualTo(25);
        assertThat(view.etaSeconds()).isEqualTo(1);
    }

    @Test
    void runBeingQueued_isRunning() {
        assertThat(WAITING.view(Map.of(), false, NOON.plusSeconds(1)).status()).isEqualTo(Run.RunStatus.running);
    }

    @Test
    void run_isDone_onlyAfterItsEndIsStored() {
        Map<Integer, Progress> folded = Map.of(0, progressAt(0, 50), 1, progressAt(1, 4_000));
        Run.RunView before = RUNNING.view(folded, true, NOON.plusSeconds(60));
        Run.RunView after = RUNNING.finished(NOON.plusSeconds(60), null).view(folded, true, NOON.plusSeconds(60));

        assertThat(before.status()).isEqualTo(Run.RunStatus.running);
        assertThat(before.recordsDone()).isEqualTo(100);
        assertThat(after.status()).isEqualTo(Run.RunStatus.done);
        assertThat(after.finishedAt()).isEqualTo(NOON.plusSeconds(60));
    }

    @Test
    void finishedRun_staysDone_afterAnOffsetReset() {
        Run.RunView view =
                RUNNING.finished(NOON.plusSeconds(2), null).view(Map.of(0, progressOf("other", 0, 7)), false, NOON);

        assertThat(view.status()).isEqualTo(Run.RunStatus.done);
        assertThat(view.recordsDone()).isEqualTo(100);
        assertThat(view.recordsPerSecond()).isEqualTo(50);
    }

    @Test
    void progressOfAnotherLog_isIgnored_andFailsTheRun() {
        Progress other = progressOf("other", 0, 50);

        assertThat(RUNNING.view(Map.of(0, other), true, NOON).recordsDone()).isZero();
        assertThatExceptionOfType(LogGapException.class)
                .isThrownBy(() -> RUNNING.requireSameOffsets(List.of(other)))
                .withMessageContaining("partition 0");
    }

    @Test
    void failedRun_hasItsError() {
        Run.RunView view = RUNNING.finished(NOON, "why").view(Map.of(), false, NOON);

        assertThat(view.status()).isEqualTo(Run.RunStatus.failed);
        assertThat(view.error()).isEqualTo("why");
    }

    @Test
    void clockSetBackDuringARun_durationIsZero_withoutRate() {
        Run finished = RUNNING.finished(NOON.minusSeconds(3_600), null);
        Run.RunView view = finished.view(Map.of(), false, NOON);

        assertThat(finished.millis()).isZero();
        assertThat(view.finishedAt()).isEqualTo(NOON);
        assertThat(view.recordsPerSecond()).isNull();
    }

    @Test
    void clockSetBack_runningRunHasNoRate() {
        Run.RunView view = RUNNING.view(Map.of(0, progressAt(0, 50)), true, NOON.minusSeconds(3_600));

        assertThat(view.recordsDone()).isEqualTo(50);
        assertThat(view.recordsPerSecond()).isNull();
        assertThat(view.etaSeconds()).isNull();
    }

    @Test
    void highWatermarkAboveTarget_isNotPromised_andCountsAsLag() {
        Run run = with(List.of(50L, 170L));

        assertThat(run.isStable(0)).isTrue();
        assertThat(run.unstable(0)).isNull();
        assertThat(run.isStable(1)).isFalse();
        assertThat(run.unstable(1)).isEqualTo(new Unstable(170, NOON));
        assertThat(run.lag(Map.of(0, progressAt(0, 50), 1, progressAt(1, 125)))).isEqualTo(45);
    }

    @Test
    void runPlannedByAnOlderVersion_promisesNothing() {
        assertThat(RUNNING.isStable(0)).isFalse();
        assertThat(RUNNING.unstable(0)).isNull();
        assertThat(RUNNING.lag(Map.of(0, progressAt(0, 50), 1, progressAt(1, 125))))
                .isEqualTo(25);
    }

    @Test
    void progressAtAnEarlierHighWatermark_advancesAsOf() {
        Progress waiting = progressAt(0, 50).advancedTo(60, null, null, new Unstable(70, NOON));

        assertThat(waiting.advancedTo(69, null, null, null).asOf()).isNull();
        assertThat(waiting.advancedTo(70, null, null, null).asOf()).isEqualTo(NOON);
        assertThat(waiting.advancedTo(69, null, null, new Unstable(80, NOON.plusSeconds(1)))
                        .unstable())
                .as("or asOf would never move while a transaction is open at every look")
                .isEqualTo(new Unstable(70, NOON));
        assertThat(waiting.advancedTo(70, null, NOON.plusSeconds(2), null).asOf())
                .isEqualTo(NOON.plusSeconds(2));
    }

    @Test
    void partitionWithoutLeader_failsTheRun_afterAllOthersAreFolded() {
        Run run = with(List.of(50L, Run.UNREACHABLE));
        Map<Integer, Progress> folded = Map.of(0, progressAt(0, 50), 1, progressAt(1, 150));

        assertThat(run.isReached(folded)).isTrue();
        assertThat(run.view(folded, true, NOON).status()).isEqualTo(Run.RunStatus.running);
        assertThat(run.incompleteReason()).contains("partition 1 has no leader");
        assertThat(run.finished(NOON, run.incompleteReason())
                        .view(folded, false, NOON)
                        .status())
                .isEqualTo(Run.RunStatus.failed);
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

    private static Progress progressAt(int partition, long next) {
        return progressOf("epoch", partition, next);
    }

    private static Progress progressOf(String epoch, int partition, long next) {
        return new Progress(partition, epoch, 0, 2, next, null, null, null, null, null, null);
    }
}
