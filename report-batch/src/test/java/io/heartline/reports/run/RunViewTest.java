package io.heartline.reports.run;

import static io.heartline.reports.run.RunFixtures.NOON;
import static io.heartline.reports.run.RunFixtures.RUNNING;
import static io.heartline.reports.run.RunFixtures.WAITING;
import static io.heartline.reports.run.RunFixtures.plan;
import static io.heartline.reports.run.RunFixtures.progressAt;
import static io.heartline.reports.run.RunFixtures.progressOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.progress.Progress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunViewTest {

    @Test
    void waitingRun_isRunning_withoutFigures() {
        RunView view = RunView.of(WAITING, Map.of(), true, NOON);

        assertThat(view.status()).isEqualTo(RunStatus.running);
        assertThat(view.startedAt()).isNull();
        assertThat(view.recordsTotal()).isNull();
    }

    @Test
    void unqueuedUnfinishedRun_hasFailed() {
        RunView view = RunView.of(WAITING, Map.of(), false, NOON.plusSeconds(60));

        assertThat(view.status()).isEqualTo(RunStatus.failed);
        assertThat(view.error()).contains("before it was queued");
        assertThat(RunView.of(RUNNING, Map.of(), false, NOON.plusSeconds(60)).error())
                .contains("removed from the queue");
    }

    @Test
    void runningRun_showsRecordsDone_fromProgress() {
        RunView view =
                RunView.of(RUNNING, Map.of(0, progressAt(0, 50), 1, progressAt(1, 125)), true, NOON.plusSeconds(3));

        assertThat(view.status()).isEqualTo(RunStatus.running);
        assertThat(view.recordsDone()).isEqualTo(75);
        assertThat(view.recordsTotal()).isEqualTo(100);
        assertThat(view.recordsPerSecond()).isEqualTo(25);
        assertThat(view.etaSeconds()).isEqualTo(1);
    }

    @Test
    void runBeingQueued_isRunning() {
        assertThat(RunView.of(WAITING, Map.of(), false, NOON.plusSeconds(1)).status())
                .isEqualTo(RunStatus.running);
    }

    @Test
    void run_isDone_onlyAfterItsEndIsStored() {
        Map<Integer, Progress> folded = Map.of(0, progressAt(0, 50), 1, progressAt(1, 4_000));
        RunView before = RunView.of(RUNNING, folded, true, NOON.plusSeconds(60));
        RunView after = RunView.of(RUNNING.finished(NOON.plusSeconds(60), null), folded, true, NOON.plusSeconds(60));

        assertThat(before.status()).isEqualTo(RunStatus.running);
        assertThat(before.recordsDone()).isEqualTo(100);
        assertThat(after.status()).isEqualTo(RunStatus.done);
        assertThat(after.finishedAt()).isEqualTo(NOON.plusSeconds(60));
    }

    @Test
    void finishedRun_staysDone_afterAnOffsetReset() {
        RunView view = RunView.of(
                RUNNING.finished(NOON.plusSeconds(2), null), Map.of(0, progressOf("other", 0, 7)), false, NOON);

        assertThat(view.status()).isEqualTo(RunStatus.done);
        assertThat(view.recordsDone()).isEqualTo(100);
        assertThat(view.recordsPerSecond()).isEqualTo(50);
    }

    @Test
    void failedRun_hasItsError() {
        RunView view = RunView.of(RUNNING.finished(NOON, "why"), Map.of(), false, NOON);

        assertThat(view.status()).isEqualTo(RunStatus.failed);
        assertThat(view.error()).isEqualTo("why");
    }

    @Test
    void clockSetBack_runningRunHasNoRate() {
        RunView view = RunView.of(RUNNING, Map.of(0, progressAt(0, 50)), true, NOON.minusSeconds(3_600));

        assertThat(view.recordsDone()).isEqualTo(50);
        assertThat(view.recordsPerSecond()).isNull();
        assertThat(view.etaSeconds()).isNull();
    }

    @Test
    void progressOfAnotherLog_isIgnored() {
        assertThat(RunView.of(RUNNING, Map.of(0, progressOf("other", 0, 50)), true, NOON)
                        .recordsDone())
                .isZero();
    }

    @Test
    void clockSetBackDuringARun_durationIsZero_withoutRate() {
        Run finished = RUNNING.finished(NOON.minusSeconds(3_600), null);
        RunView view = RunView.of(finished, Map.of(), false, NOON);

        assertThat(finished.millis()).isZero();
        assertThat(view.finishedAt()).isEqualTo(NOON);
        assertThat(view.recordsPerSecond()).isNull();
    }

    @Test
    void partitionWithoutLeader_failsTheRun_afterAllOthersAreFolded() {
        RunPlan plan = plan(List.of(50L, RunPlan.UNREACHABLE));
        Run run = WAITING.planned("instance", plan);
        Map<Integer, Progress> folded = Map.of(0, progressAt(0, 50), 1, progressAt(1, 150));

        assertThat(plan.isReached(folded)).isTrue();
        assertThat(RunView.of(run, folded, true, NOON).status()).isEqualTo(RunStatus.running);
        assertThat(plan.incompleteReason()).contains("partition 1 has no leader");
        assertThat(RunView.of(run.finished(NOON, plan.incompleteReason()), folded, false, NOON)
                        .status())
                .isEqualTo(RunStatus.failed);
    }
}
