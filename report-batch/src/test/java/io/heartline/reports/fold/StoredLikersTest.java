package io.heartline.reports.fold;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.fold.StoredLikers.ReturningLikers;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredLikersTest {

    @ParameterizedTest
    @CsvSource({"0,0,0", "5,0,0", "5,5,5", "300,200,80", "16384,10000,9999"})
    void twoSets_areComparedExactly(int now, int before, int common) {
        StoredLikers[] bothWeeks = storedLikers(1, now, before, common);

        assertThat(bothWeeks[0].returningFrom(bothWeeks[1])).isEqualTo(new ReturningLikers(common, 0));
        assertThat(bothWeeks[1].returningFrom(bothWeeks[0])).isEqualTo(new ReturningLikers(common, 0));
    }

    @Test
    void afterAnEmptyWeek_noLikerReturns() {
        assertThat(storedLikers(1, 10, 0, 0)[0].returningFrom(StoredLikers.empty()))
                .isEqualTo(new ReturningLikers(0, 0));
        assertThat(storedLikers(1, 150_000, 0, 0)[0].returningFrom(StoredLikers.empty()))
                .isEqualTo(new ReturningLikers(0, 0));
    }

    /**
     * The first rows compare a set with a sketch, the last rows two sketches. The weeks share no, few, many or all likers.
     */
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
    void returningLikers_areWithinTheStatedError_andTheErrorIsSmall(int now, int before, int common, double share) {
        int smaller = Math.min(now, before);
        for (int seed = 0; seed < 10; seed++) {
            StoredLikers[] bothWeeks = storedLikers(seed, now, before, common);

            ReturningLikers returning = bothWeeks[0].returningFrom(bothWeeks[1]);

            assertThat((double) returning.likers())
                    .isBetween(common - returning.error() - 1, common + returning.error() + 1);
            assertThat(returning.likers()).isBetween(0L, (long) (1.01 * smaller));
            assertThat(returning.error()).isLessThanOrEqualTo(share * smaller);
            assertThat(bothWeeks[1].returningFrom(bothWeeks[0]))
                    .as("the comparison in the other direction")
                    .isEqualTo(returning);
        }
    }

    @Test
    void setAndSketch_areComparedWithinTheStatedError_withoutBias() {
        int weeks = 200;
        double sum = 0;
        double squares = 0;
        for (int seed = 0; seed < weeks; seed++) {
            StoredLikers[] bothWeeks = storedLikers(seed, 16_384, 20_000, 8_000);
            ReturningLikers returning = bothWeeks[0].returningFrom(bothWeeks[1]);
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
    void comparison_hasNoSideEffects() {
        StoredLikers[] bothWeeks = storedLikers(1, 10_000, 100_000, 2_000);

        ReturningLikers first = bothWeeks[0].returningFrom(bothWeeks[1]);

        assertThat(bothWeeks[0].returningFrom(bothWeeks[1])).isEqualTo(first);
    }

    /** Returns the stored likers of two weeks that have {@code common} likers in common. */
    private static StoredLikers[] storedLikers(int seed, int now, int before, int common) {
        return new StoredLikers[] {storedLikers(seed, 0, now), storedLikers(seed, now - common, now - common + before)};
    }

    private static StoredLikers storedLikers(int seed, int from, int to) {
        DistinctSet set = new DistinctSet();
        int exact = Math.min(to, from + WeeklyReport.EXACT_PAIRS);
        for (int person = from; person < exact; person++) {
            set.add(hash(seed, person), 0);
        }
        if (exact == to) {
            return new StoredLikers(true, set.toBytes(), "check", false);
        }
        DistinctSketch sketch = DistinctSketch.of(set);
        for (int person = exact; person < to; person++) {
            sketch.add(hash(seed, person), 0);
        }
        return new StoredLikers(false, sketch.toBytes(), "check", false);
    }

    private static long hash(int seed, int person) {
        return new SplittableRandom((long) seed << 32 | person).nextLong();
    }
}
