package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Run WAITING = Run.requested("r", "request", NOON);
    private static final Run GOING = WAITING.started(NOON).planned("epoch", List.of(0L, 100L), List.of(50L, 150L));

    @Test
    void aRunThatWaits_isRunning_withoutFigures() {
        Run.View view = WAITING.view(Map.of(), NOON);

        assertThat(view.status()).isEqualTo(Run.Status.running);
        assertThat(view.startedAt()).isNull();
        assertThat(view.recordsTotal()).isNull();
    }

    @Test
    void aRunThatIsGoing_saysHowFarItIs_fromProgress() {
        Run.View view = GOING.view(Map.of(0, at(0, 50), 1, at(1, 125)), NOON.plusSeconds(3));

        assertThat(view.status()).isEqualTo(Run.Status.running);
        assertThat(view.recordsDone()).isEqualTo(75);
        assertThat(view.recordsTotal()).isEqualTo(100);
        assertThat(view.recordsPerSecond()).isEqualTo(25);
        assertThat(view.etaSeconds()).isEqualTo(1);
    }

    @Test
    void aRunWhoseInstanceDied_isDoneOnceAnyoneHasFoldedThatFar() {
        Run.View view = GOING.view(Map.of(0, at(0, 50), 1, at(1, 4_000)), NOON.plusSeconds(60));

        assertThat(view.status()).isEqualTo(Run.Status.done);
        assertThat(view.recordsDone()).isEqualTo(100);
    }

    @Test
    void progressInAnotherLog_isNone() {
        Progress other = new Progress(0, "other", 2, 50, null, null);

        assertThat(GOING.view(Map.of(0, other), NOON).recordsDone()).isZero();
    }

    @Test
    void aRunThatFailed_saysWhy() {
        Run.View view = GOING.failed(NOON, "why").view(Map.of(), NOON);

        assertThat(view.status()).isEqualTo(Run.Status.failed);
        assertThat(view.error()).isEqualTo("why");
    }

    private static Progress at(int partition, long next) {
        return new Progress(partition, "epoch", 2, next, null, null);
    }
}
