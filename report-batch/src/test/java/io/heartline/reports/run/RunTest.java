package io.heartline.reports.run;

import static io.heartline.reports.run.RunFixtures.NOON;
import static io.heartline.reports.run.RunFixtures.RUNNING;
import static io.heartline.reports.run.RunFixtures.WAITING;
import static io.heartline.reports.run.RunFixtures.plan;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RunTest {

    @Test
    void plan_isNullWhileTheRunWaits() {
        assertThat(WAITING.plan()).isNull();
        assertThat(RUNNING.plan()).isEqualTo(plan(null));
    }

    @Test
    void scheduledRunWithoutRecords_isEmpty_unlessAPartitionIsUnreachable() {
        Run scheduled = Run.requested("r", Run.ON_SCHEDULE, NOON);
        RunPlan nothing = new RunPlan("epoch", NOON, List.of(5L, 5L), List.of(5L, 5L), List.of(5L, 5L), null);
        RunPlan unreachable =
                new RunPlan("epoch", NOON, List.of(5L, 5L), List.of(5L, 5L), List.of(5L, RunPlan.UNREACHABLE), null);

        assertThat(scheduled.planned("instance", nothing).isEmpty()).isTrue();
        assertThat(scheduled.planned("instance", unreachable).isEmpty()).isFalse();
        assertThat(WAITING.planned("instance", nothing).isEmpty()).isFalse();
    }
}
