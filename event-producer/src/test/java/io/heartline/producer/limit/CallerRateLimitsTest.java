package io.heartline.producer.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.bucket4j.TimeMeter;
import io.heartline.producer.like.ProblemType;
import io.heartline.producer.like.RefusedException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpHeaders;

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
            rateLimits.acquire("alice", 1);
        }

        RefusedException e = catchThrowableOfType(RefusedException.class, () -> rateLimits.acquire("alice", 1));
        assertThat(e.type()).isEqualTo(ProblemType.RATE_LIMITED);
        assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(100));
        clock.nanos += e.retryAfter().toNanos();
        assertThatCode(() -> rateLimits.acquire("alice", 1)).doesNotThrowAnyException();
    }

    @Test
    void severalLikes_takeTheirPermitsTogetherOrNone() {
        rateLimits.acquire("alice", 1);

        RefusedException e = catchThrowableOfType(RefusedException.class, () -> rateLimits.acquire("alice", 3));
        assertThat(e.type()).isEqualTo(ProblemType.RATE_LIMITED);
        assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(100));
        assertThatCode(() -> rateLimits.acquire("alice", 2)).doesNotThrowAnyException();
        assertThat(catchThrowableOfType(RefusedException.class, () -> rateLimits.acquire("alice", 3))
                        .retryAfter())
                .isEqualTo(Duration.ofMillis(300));
    }

    @Test
    void asManyLikesAsTheBurst_pass_andOneMoreNeverDoes() {
        assertThatCode(() -> rateLimits.acquire("alice", 3)).doesNotThrowAnyException();

        RefusedException e = catchThrowableOfType(RefusedException.class, () -> rateLimits.acquire("bob", 4));
        assertThat(e.type()).isEqualTo(ProblemType.RATE_LIMITED);
        assertThat(e.getMessage())
                .isEqualTo("One caller may send at most 3 likes in one request (heartline.producer.rate.burst).");
        assertThat(e.retryAfter()).isNull();
        assertThatCode(() -> rateLimits.acquire("bob", 3))
                .as("the refusal took no permit")
                .doesNotThrowAnyException();
    }

    @Test
    void noLikes_needNoPermit() {
        rateLimits.acquire("alice", 3);

        assertThatCode(() -> rateLimits.acquire("alice", 0)).doesNotThrowAnyException();
    }

    @Test
    void headers_stateTheWholePermits_andTheTimeUntilTheNext() {
        assertThat(headers(rateLimits)).containsExactly("\"likes\";q=3;w=1", "\"likes\";r=3;t=0");
        rateLimits.acquire("alice", 1);
        assertThat(headers(rateLimits)).containsExactly("\"likes\";q=3;w=1", "\"likes\";r=2;t=1");
        rateLimits.acquire("alice", 2);
        assertThat(headers(rateLimits)).containsExactly("\"likes\";q=3;w=1", "\"likes\";r=0;t=1");
        clock.nanos += Duration.ofMillis(99).toNanos();
        assertThat(headers(rateLimits)).as("a part of a permit").contains("\"likes\";r=0;t=1");
        clock.nanos += Duration.ofMillis(1).toNanos();
        assertThat(headers(rateLimits)).contains("\"likes\";r=1;t=1");
        clock.nanos += Duration.ofMillis(199).toNanos();
        assertThat(headers(rateLimits)).contains("\"likes\";r=2;t=1");
        clock.nanos += Duration.ofMillis(1).toNanos();
        assertThat(headers(rateLimits)).contains("\"likes\";r=3;t=0");
        clock.nanos += Duration.ofDays(1).toNanos();
        assertThat(headers(rateLimits)).contains("\"likes\";r=3;t=0");
    }

    @ParameterizedTest
    @CsvSource({
        "1,   1,    1",
        "1,   1000, 1000",
        "100, 1000, 10",
        "100, 1001, 11",
        "100, 999,  10",
        "100, 1,    1",
        "9223372036854775807, 1, 1",
    })
    void window_isTheTimeUntilAnEmptyBucketIsFull_roundedUp(long perSecond, long burst, long window) {
        assertThat(new RateLimitPolicy(perSecond, burst).policy()).isEqualTo("\"likes\";q=" + burst + ";w=" + window);
    }

    /** An integer of a structured field has at most 15 digits. */
    @Test
    void hugeBurst_isCutToTheLargestInteger() {
        RateLimitPolicy policy = new RateLimitPolicy(1, Long.MAX_VALUE);

        assertThat(policy.policy()).isEqualTo("\"likes\";q=999999999999999;w=999999999999999");
        assertThat(policy.limit(Long.MAX_VALUE - 1)).isEqualTo("\"likes\";r=999999999999999;t=1");
    }

    @Test
    void withoutLimit_thereAreNoHeaders_andAnyNumberPasses() {
        CallerRateLimits unlimited = new CallerRateLimits(0, 1, clock);

        unlimited.acquire("alice", 1_000);

        assertThat(headers(unlimited)).containsOnlyNulls();
    }

    private static List<String> headers(CallerRateLimits rateLimits) {
        HttpHeaders headers = new HttpHeaders();
        rateLimits.addHeaders("alice", headers);
        return Arrays.asList(headers.getFirst("RateLimit-Policy"), headers.getFirst("RateLimit"));
    }

    @Test
    void severalPermits_areTakenTogetherOrNotAtAll() {
        rateLimits.acquire("alice", 1);
        rateLimits.acquire("alice", 0);

        RefusedException e = catchThrowableOfType(RefusedException.class, () -> rateLimits.acquire("alice", 3));

        assertThat(e.type()).isEqualTo(ProblemType.RATE_LIMITED);
        assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(100));
        assertThatCode(() -> rateLimits.acquire("alice", 2)).doesNotThrowAnyException();
    }

    @Test
    void morePermitsThanTheBurst_areRefusedForever() {
        assertThatCode(() -> rateLimits.acquire("bob", 3)).doesNotThrowAnyException();

        RefusedException e = catchThrowableOfType(RefusedException.class, () -> rateLimits.acquire("alice", 4));

        assertThat(e).hasMessage("One caller may send at most 3 likes in one request (heartline.producer.rate.burst).");
        assertThat(e.retryAfter()).isNull();
        assertThatCode(() -> new CallerRateLimits(0, 1, clock).acquire("alice", 4))
                .doesNotThrowAnyException();
    }

    @Test
    void callers_haveSeparateLimits() {
        for (int i = 0; i < 3; i++) {
            rateLimits.acquire("alice", 1);
        }

        assertThatCode(() -> rateLimits.acquire("bob", 1)).doesNotThrowAnyException();
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
