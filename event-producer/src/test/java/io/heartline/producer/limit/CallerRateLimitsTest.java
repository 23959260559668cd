package io.heartline.producer.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.bucket4j.TimeMeter;
import io.heartline.producer.like.ProblemType;
import io.heartline.producer.like.RefusedException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CallerRateLimitsTest {

    private final Clock clock = new Clock();
    private final CallerRateLimits rateLimits = new CallerRateLimits(10, 3, clock);

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
    void burstIsUsedUp_nextLikeIsRefusedWithRetryAfter() {
        for (int i = 0; i < 3; i++) {
            rateLimits.acquire("alice");
        }

        RefusedException e = catchThrowableOfType(RefusedException.class, () -> rateLimits.acquire("alice"));
        assertThat(e.type()).isEqualTo(ProblemType.RATE_LIMITED);
        assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(100));
        clock.nanos += e.retryAfter().toNanos();
        assertThatCode(() -> rateLimits.acquire("alice")).doesNotThrowAnyException();
    }

    @Test
    void callers_haveSeparateLimits() {
        for (int i = 0; i < 3; i++) {
            rateLimits.acquire("alice");
        }

        assertThatCode(() -> rateLimits.acquire("bob")).doesNotThrowAnyException();
    }

    @Test
    void refusedAttempt_takesNoPermit() {
        RateLimiter limiter = rateLimits.limiterOf("alice");
        for (int i = 0; i < 100; i++) {
            limiter.tryAcquire();
        }
        clock.nanos += Duration.ofMillis(100).toNanos();

        assertThat(limiter.tryAcquire()).isZero();
    }

    /** A long stream and other requests of its caller share the limit. */
    @Test
    void longLivedLimiter_sharesTheCallersLimit() {
        RateLimiter limiter = rateLimits.limiterOf("alice");
        for (int second = 0; second < 100; second++) {
            while (limiter.tryAcquire().isZero()) {
                continue;
            }
            clock.nanos += Duration.ofSeconds(1).toNanos();
        }
        while (limiter.tryAcquire().isZero()) {
            continue;
        }

        assertThat(rateLimits.limiterOf("alice").tryAcquire()).isPositive();
    }

    @Test
    void withoutLimit_neverWaits() {
        RateLimiter limiter = new CallerRateLimits(0, 1, clock).limiterOf("alice");

        for (int i = 0; i < 1000; i++) {
            assertThat(limiter.tryAcquire()).isZero();
        }
    }
}
