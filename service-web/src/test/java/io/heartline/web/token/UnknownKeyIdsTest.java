package io.heartline.web.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests the store of unknown key ids and of the time of their first request. */
class UnknownKeyIdsTest {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final UnknownKeyIds unknown = new UnknownKeyIds();

    @Test
    void id_countsAsRequestedSinceItsFirstRequest() {
        assertThat(unknown.wasRequestedBefore("a", 10, 5)).isFalse();
        assertThat(unknown.wasRequestedBefore("a", 5, 6))
                .as("at the time of its first request")
                .isFalse();
        assertThat(unknown.wasRequestedBefore("a", 6, 9)).isTrue();
        assertThat(unknown.wasRequestedBefore("b", 6, 9)).as("another id").isFalse();
    }

    @Test
    void overflowOfNanoTime_isHandled() {
        assertThat(unknown.wasRequestedBefore("a", 0, Long.MAX_VALUE)).isFalse();
        assertThat(unknown.wasRequestedBefore("a", Long.MIN_VALUE, Long.MIN_VALUE))
                .isTrue();
    }

    @Test
    void manyIds_areBounded_andReusableAfterForget() {
        for (int i = 0; i < 100_000; i++) {
            assertThat(unknown.wasRequestedBefore("made-up-" + i, 0, 1)).isFalse();
        }
        assertThat(unknown.size()).isEqualTo(1_000);
        assertThat(unknown.wasRequestedBefore("late", 0, 2)).isFalse();
        assertThat(unknown.wasRequestedBefore("late", 3, 4))
                .as("an id over the maximum")
                .isFalse();

        unknown.forget(2, MINUTE);
        assertThat(unknown.size()).isZero();
        assertThat(unknown.wasRequestedBefore("late", 0, MINUTE)).isFalse();
        assertThat(unknown.wasRequestedBefore("late", MINUTE + 1, MINUTE + 2)).isTrue();
    }

    @Test
    void forget_keepsRecentIds_andIdsSinceTheLastFetch() {
        unknown.wasRequestedBefore("a", 0, 5);

        unknown.forget(6, 7);
        assertThat(unknown.size()).isEqualTo(1);
        unknown.forget(5, MINUTE);
        assertThat(unknown.size()).isEqualTo(1);
    }
}
