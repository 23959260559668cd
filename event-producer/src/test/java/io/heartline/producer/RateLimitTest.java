package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    private final Clock clock = new Clock();
    private final RateLimit rate = new RateLimit(10, 3, clock);

    private static final class Clock implements TimeMeter {

        private long nanos;

        @Override
        public long currentTimeNanos() {
            return nanos;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }

    @Test
    void aBurstIsAdmitted_andTheNextIsToldWhenToComeBack() {
        for (int i = 0; i < 3; i++) {
            rate.admit("alice");
        }

        RefusedException e = catchThrowableOfType(RefusedException.class, () -> rate.admit("alice"));
        assertThat(e.type()).isEqualTo(ProblemType.rateLimited);
        assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(100));
        clock.nanos += e.retryAfter().toNanos();
        assertThatCode(() -> rate.admit("alice")).doesNotThrowAnyException();
    }

    @Test
    void oneCallersLikes_areNotAnothers() {
        for (int i = 0; i < 3; i++) {
            rate.admit("alice");
        }

        assertThatCode(() -> rate.admit("bob")).doesNotThrowAnyException();
    }

    @Test
    void aRefusal_takesNothing() {
        Allowance allowance = rate.of("alice");
        for (int i = 0; i < 100; i++) {
            allowance.take();
        }
        clock.nanos += Duration.ofMillis(100).toNanos();

        assertThat(allowance.take()).isZero();
    }

    /** Of a stream that lasts, and whatever else its caller sends meanwhile. */
    @Test
    void howeverLongOneAllowanceIsHeld_itsCallerHasNoOther() {
        Allowance held = rate.of("alice");
        for (int second = 0; second < 100; second++) {
            while (held.take().isZero()) {
                continue;
            }
            clock.nanos += Duration.ofSeconds(1).toNanos();
        }
        while (held.take().isZero()) {
            continue;
        }

        assertThat(rate.of("alice").take()).isPositive();
    }

    @Test
    void withoutALimit_nobodyWaits() {
        Allowance allowance = new RateLimit(0, 1, clock).of("alice");

        for (int i = 0; i < 1000; i++) {
            assertThat(allowance.take()).isZero();
        }
    }
}
