package io.heartline.reports.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

    private static Backoff backoff(RandomGenerator random) {
        return new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5), random);
    }

    /** @param fraction what each call of {@code nextDouble} returns */
    private static RandomGenerator returning(double fraction) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                return 0;
            }

            @Override
            public double nextDouble() {
                return fraction;
            }
        };
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "3,4", "9,256", "10,300", "11,300", "31,300", "1000,300", "2147483647,300"})
    void backoff_doubles_upToTheMaximum(int failures, long seconds) {
        assertThat(backoff(returning(0)).after(failures)).hasSeconds(seconds);
    }

    @ParameterizedTest
    @CsvSource({"1,750", "10,225000"})
    void jitter_removesAtMostAQuarter(int failures, long millis) {
        assertThat(backoff(returning(1)).after(failures)).hasMillis(millis);
    }

    @Test
    void twoMessages_haveDifferentBackoffs() {
        Backoff backoff = backoff(new java.util.Random(1));

        assertThat(backoff.after(5))
                .isNotEqualTo(backoff.after(5))
                .isBetween(Duration.ofSeconds(12), Duration.ofSeconds(16));
    }
}
