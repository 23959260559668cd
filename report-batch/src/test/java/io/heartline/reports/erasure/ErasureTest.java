package io.heartline.reports.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.progress.Progress;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ErasureTest {

    private static final Instant ERASED_AT = Instant.parse("2026-11-26T12:00:00Z");
    private static final Progress AT = Progress.initial(3, "epoch", 4, 0);
    private static final Progress ACCEPTED =
            new Progress(3, "epoch", 1, 4, 0, null, null, ERASED_AT, null, null, null, null);

    private final Erasure pending = Erasure.requested("alice", "mark", ERASED_AT);

    private Erasure settled(String epoch, int generation) {
        return new Erasure("alice", "mark", ERASED_AT, ERASED_AT, epoch, generation, 3, 100L, true);
    }

    private Instant next(Duration age) {
        return pending.nextSweep(ERASED_AT.plus(age));
    }

    @Test
    void firstCountedOffset_isItsOffset_inItsOwnGenerationOnly() {
        assertThat(settled("epoch", 0).firstCountedOffset(AT)).isEqualTo(100);
        assertThat(settled("other", 0).firstCountedOffset(AT)).isZero();
        assertThat(settled("epoch", 0).firstCountedOffset(ACCEPTED)).isZero();
    }

    @Test
    void firstCountedOffset_afterLostProgress_isItsOffset() {
        assertThat(settled("epoch", 1).firstCountedOffset(AT)).isEqualTo(100);
    }

    @Test
    void firstCountedOffset_untilSettled_isMaxValue() {
        assertThat(pending.firstCountedOffset(AT)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void nextSweep_isAtTwiceTheAge_thenOnceWhenItIsOld_thenDaily() {
        assertThat(next(Duration.ofMinutes(5))).isEqualTo(ERASED_AT.plus(Duration.ofMinutes(10)));
        assertThat(next(Duration.ofDays(10))).isEqualTo(ERASED_AT.plus(Duration.ofDays(20)));
        assertThat(next(Duration.ofDays(20))).isEqualTo(ERASED_AT.plus(Duration.ofDays(35)));
        assertThat(next(Duration.ofDays(35))).isEqualTo(ERASED_AT.plus(Duration.ofDays(36)));
    }

    @Test
    void erasureKeptFor35Days_hasAboutTwelveSweeps() {
        int sweeps = 0;
        Duration schedule = Duration.ofMinutes(5);
        for (Instant now = ERASED_AT.plus(schedule);
                !pending.isPastRetention(now);
                now = pending.nextSweep(now).plus(schedule)) {
            sweeps++;
        }

        assertThat(sweeps).isBetween(10, 14);
    }
}
