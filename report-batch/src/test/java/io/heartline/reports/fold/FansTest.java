package io.heartline.reports.fold;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.fold.Fans.Returning;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FansTest {

    @ParameterizedTest
    @CsvSource({"0,0,0", "5,0,0", "5,5,5", "300,200,80", "16384,10000,9999"})
    void setsAreComparedExactly(int now, int before, int both) {
        Fans[] fans = fans(1, now, before, both);

        assertThat(fans[0].returningFrom(fans[1])).isEqualTo(new Returning(both, 0));
        assertThat(fans[1].returningFrom(fans[0])).isEqualTo(new Returning(both, 0));
    }

    @Test
    void fromAWeekOfNobody_nobodyReturns() {
        assertThat(fans(1, 10, 0, 0)[0].returningFrom(Fans.none())).isEqualTo(new Returning(0, 0));
        assertThat(fans(1, 150_000, 0, 0)[0].returningFrom(Fans.none())).isEqualTo(new Returning(0, 0));
    }

    /** A set and a sketch, then two sketches; few in common, many, all, none. */
    @ParameterizedTest
    @CsvSource({
        "10000,  150000, 3000,   0.04",
        "10000,  150000, 10000,  0",
        "16384,  20000,  8000,   0.01",
        "10000,  150000, 0,      0.04",
        "150000, 100000, 30000,  0.03",
        "150000, 150000, 150000, 0.02",
        "50000,  100000, 0,      0.04",
    })
    void whoReturns_isWithinTheStatedError_andTheErrorIsWorthStating(int now, int before, int both, double share) {
        int smaller = Math.min(now, before);
        for (int seed = 0; seed < 10; seed++) {
            Fans[] fans = fans(seed, now, before, both);

            Returning returning = fans[0].returningFrom(fans[1]);

            assertThat((double) returning.likers())
                    .isBetween(both - returning.error() - 1, both + returning.error() + 1);
            assertThat(returning.likers()).isBetween(0L, (long) (1.01 * smaller));
            assertThat(returning.error()).isLessThanOrEqualTo(share * smaller);
            assertThat(fans[1].returningFrom(fans[0])).as("either way").isEqualTo(returning);
        }
    }

    @Test
    void aSetInASketch_isEstimatedWithTheStatedError_andWithoutALean() {
        int weeks = 200;
        double sum = 0;
        double squares = 0;
        for (int seed = 0; seed < weeks; seed++) {
            Fans[] fans = fans(seed, 16_384, 20_000, 8_000);
            Returning returning = fans[0].returningFrom(fans[1]);
            double standardErrors = 3 * (returning.likers() - 8_000) / returning.error();
            sum += standardErrors;
            squares += standardErrors * standardErrors;
        }

        assertThat(sum / weeks).as("mean, in standard errors").isBetween(-0.25, 0.25);
        assertThat(Math.sqrt(squares / weeks))
                .as("root mean square, in standard errors")
                .isBetween(0.85, 1.15);
    }

    @Test
    void comparing_changesNothing() {
        Fans[] fans = fans(1, 10_000, 100_000, 2_000);

        Returning first = fans[0].returningFrom(fans[1]);

        assertThat(fans[0].returningFrom(fans[1])).isEqualTo(first);
    }

    /** Two weeks' likers with so many in common, as a report would store them. */
    private static Fans[] fans(int seed, int now, int before, int both) {
        return new Fans[] {fans(seed, 0, now), fans(seed, now - both, now - both + before)};
    }

    private static Fans fans(int seed, int from, int to) {
        PairSet set = new PairSet();
        int exact = Math.min(to, from + WeeklyReport.EXACT_PAIRS);
        for (int person = from; person < exact; person++) {
            set.add(hash(seed, person), 0);
        }
        if (exact == to) {
            return new Fans(true, set.toBytes(), "check", false);
        }
        Sketch sketch = Sketch.of(set);
        for (int person = exact; person < to; person++) {
            sketch.add(hash(seed, person), 0);
        }
        return new Fans(false, sketch.toBytes(), "check", false);
    }

    private static long hash(int seed, int person) {
        return new SplittableRandom((long) seed << 32 | person).nextLong();
    }
}
