package io.heartline.reports.run;

import static io.heartline.reports.run.RunFixtures.NOON;
import static io.heartline.reports.run.RunFixtures.plan;
import static io.heartline.reports.run.RunFixtures.progressAt;
import static io.heartline.reports.run.RunFixtures.progressOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.reports.failure.LogGapException;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.Progress.Unstable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunPlanTest {

    @Test
    void highWatermarkAboveTarget_isNotPromised_andCountsAsLag() {
        RunPlan plan = plan(List.of(50L, 170L));

        assertThat(plan.isStable(0)).isTrue();
        assertThat(plan.unstable(0)).isNull();
        assertThat(plan.isStable(1)).isFalse();
        assertThat(plan.unstable(1)).isEqualTo(new Unstable(170, NOON));
        assertThat(plan.lag(Map.of(0, progressAt(0, 50), 1, progressAt(1, 125))))
                .isEqualTo(45);
    }

    @Test
    void runPlannedByAnOlderVersion_promisesNothing() {
        assertThat(plan(null).isStable(0)).isFalse();
        assertThat(plan(null).unstable(0)).isNull();
        assertThat(plan(null).lag(Map.of(0, progressAt(0, 50), 1, progressAt(1, 125))))
                .isEqualTo(25);
    }

    @Test
    void progressOfAnotherLog_failsTheRun() {
        Progress other = progressOf("other", 0, 50);

        assertThatExceptionOfType(LogGapException.class)
                .isThrownBy(() -> plan(null).requireSameOffsets(List.of(other)))
                .withMessageContaining("partition 0");
    }

    @Test
    void progressAtAnEarlierHighWatermark_advancesAsOf() {
        Progress waiting = progressAt(0, 50).advancedTo(60, null, null, new Unstable(70, NOON));

        assertThat(waiting.advancedTo(69, null, null, null).asOf()).isNull();
        assertThat(waiting.advancedTo(70, null, null, null).asOf()).isEqualTo(NOON);
        assertThat(waiting.advancedTo(69, null, null, new Unstable(80, NOON.plusSeconds(1)))
                        .unstable())
                .as("the earlier high watermark is kept, so that asOf advances even if a transaction is always open")
                .isEqualTo(new Unstable(70, NOON));
        assertThat(waiting.advancedTo(70, null, NOON.plusSeconds(2), null).asOf())
                .isEqualTo(NOON.plusSeconds(2));
    }
}
