package io.heartline.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Remembers which unknown keys were asked for, and when first. */
class UnknownKeysTest {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final UnknownKeys unknown = new UnknownKeys();

    @Test
    void anIdCountsAsAskedFor_fromItsFirstTimeOn() {
        assertThat(unknown.wasAskedFor("a", 10, 5)).isFalse();
        assertThat(unknown.wasAskedFor("a", 5, 6)).as("not before it was").isFalse();
        assertThat(unknown.wasAskedFor("a", 6, 9)).isTrue();
        assertThat(unknown.wasAskedFor("b", 6, 9)).as("another").isFalse();
    }

    @Test
    void timesMayOverflow() {
        assertThat(unknown.wasAskedFor("a", 0, Long.MAX_VALUE)).isFalse();
        assertThat(unknown.wasAskedFor("a", Long.MIN_VALUE, Long.MIN_VALUE)).isTrue();
    }

    @Test
    void ofAFloodOfIds_aBoundedNumberIsRemembered_untilTheyAreForgotten() {
        for (int i = 0; i < 100_000; i++) {
            assertThat(unknown.wasAskedFor("made-up-" + i, 0, 1)).isFalse();
        }
        assertThat(unknown.size()).isEqualTo(1_000);
        assertThat(unknown.wasAskedFor("late", 0, 2)).isFalse();
        assertThat(unknown.wasAskedFor("late", 3, 4)).as("not remembered").isFalse();

        unknown.forget(2, MINUTE);
        assertThat(unknown.size()).isZero();
        assertThat(unknown.wasAskedFor("late", 0, MINUTE)).isFalse();
        assertThat(unknown.wasAskedFor("late", MINUTE + 1, MINUTE + 2)).isTrue();
    }

    @Test
    void whatWasAskedForALittleAgo_orSinceTheLastFetch_isKept() {
        unknown.wasAskedFor("a", 0, 5);

        unknown.forget(6, 7);
        assertThat(unknown.size()).isEqualTo(1);
        unknown.forget(5, MINUTE);
        assertThat(unknown.size()).isEqualTo(1);
    }
}
