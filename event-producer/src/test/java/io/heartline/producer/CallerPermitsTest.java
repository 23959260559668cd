package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class CallerPermitsTest {

    private final CallerPermits permits = new CallerPermits(2);

    @Test
    void callerHasTheMaximum_oneMoreIsRefusedWith429_thatNamesTheLimit() {
        permits.acquire("alice");
        permits.acquire("alice");

        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> permits.acquire("alice"))
                .withMessageContaining("2 streams")
                .satisfies(refusal -> assertThat(refusal.type()).isEqualTo(ProblemType.tooManyStreams))
                .satisfies(refusal -> assertThat(refusal.retryAfter()).isPositive());
        assertThatCode(() -> permits.acquire("bob")).doesNotThrowAnyException();
    }

    @Test
    void permitIsReleased_callerMayAcquireAnother() {
        permits.acquire("alice");
        permits.acquire("alice");
        permits.release("alice");

        assertThatCode(() -> permits.acquire("alice")).doesNotThrowAnyException();
    }

    @Test
    void allPermitsAreReleased_callerIsForgotten() {
        permits.acquire("alice");
        permits.acquire("bob");

        permits.release("alice");
        permits.release("bob");

        assertThat(permits.callers()).isZero();
    }

    @Test
    void refusedAcquire_takesNoPermit() {
        permits.acquire("alice");
        permits.acquire("alice");
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> permits.acquire("alice"));

        permits.release("alice");
        permits.release("alice");

        assertThat(permits.callers()).isZero();
    }
}
