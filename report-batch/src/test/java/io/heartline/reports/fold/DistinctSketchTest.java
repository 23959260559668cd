package io.heartline.reports.fold;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DistinctSketchTest {

    private static final int EXACT = WeeklyReport.EXACT_PAIRS;

    /** The upper bound of three standard errors for m = 65 536 registers: 3 √(5 ln 2 / 8m). */
    private static final double BOUND = 3 * Math.sqrt(5 * Math.log(2) / 8 / 65_536);

    @Test
    void sketchOfASet_startsWithTheExactCount_andContainsItsHashes() {
        SplittableRandom hashes = new SplittableRandom(1);
        DistinctSet set = setOf(EXACT, hashes);

        DistinctSketch sketch = DistinctSketch.of(set);

        assertThat(sketch.count()).isEqualTo(EXACT);
        assertThat(sketch.byDay()).isEqualTo(set.byDay());
        assertThat(sketch.relativeError()).isZero();
        SplittableRandom again = new SplittableRandom(1);
        for (int i = 0; i < EXACT; i++) {
            assertThat(sketch.add(again.nextLong(), 3)).isZero();
        }
        assertThat(sketch.byDay()).isEqualTo(set.byDay());
    }

    @Test
    void hashesEqualInTheSet_areEqualInTheSketch() {
        DistinctSet set = new DistinctSet();
        set.add(0, 0);
        set.add(-1, 0);
        DistinctSketch sketch = DistinctSketch.of(set);

        for (long hash : new long[] {0, 7, 8, 15, -1, -8}) {
            assertThat(sketch.add(hash, 0)).as("hash %d", hash).isZero();
        }
    }

    /** 200 weeks suffice to detect a stated error that is wrong by a fifth, or a biased estimate. */
    @Test
    void statedError_matchesTheObservedError() {
        int weeks = 200;
        int pairs = 120_000;
        double sum = 0;
        double squares = 0;
        int outside = 0;
        for (int week = 0; week < weeks; week++) {
            SplittableRandom hashes = new SplittableRandom(week);
            DistinctSketch sketch = DistinctSketch.of(setOf(EXACT, hashes));
            add(pairs - EXACT, hashes, sketch);
            double standardErrors = 3 * ((double) sketch.count() / pairs - 1) / sketch.relativeError();
            sum += standardErrors;
            squares += standardErrors * standardErrors;
            outside += Math.abs(standardErrors) > 3 ? 1 : 0;
        }

        assertThat(sum / weeks).as("mean, in standard errors").isBetween(-0.2, 0.2);
        assertThat(Math.sqrt(squares / weeks))
                .as("root mean square, in standard errors")
                .isBetween(0.85, 1.15);
        assertThat(outside)
                .as("number of the 200 weeks outside the stated error")
                .isLessThanOrEqualTo(2);
    }

    @Test
    void statedError_growsFromZero_andStaysBelowTheBound() {
        SplittableRandom hashes = new SplittableRandom(1);
        DistinctSketch sketch = DistinctSketch.of(setOf(EXACT, hashes));
        double before = 0;
        for (int pairs = EXACT; pairs < 3_000_000; pairs *= 2) {
            add(pairs, hashes, sketch);
            assertThat(sketch.relativeError())
                    .as("stated error after %d more pairs", pairs)
                    .isBetween(before, BOUND);
            before = sketch.relativeError();
        }
        assertThat(before).isGreaterThan(0.95 * BOUND);
    }

    @Test
    void smallCounts_areAlmostExact() {
        DistinctSketch sketch = DistinctSketch.of(new DistinctSet());

        add(100, new SplittableRandom(1), sketch);

        assertThat(sketch.count()).isBetween(99L, 101L);
        assertThat(sketch.relativeError()).isLessThan(BOUND);
    }

    /** A hash with many leading zeros, one in 2^40, changes the probability by less than a double's last bit. */
    @Test
    void reloadedSketch_continuesBitForBit() {
        SplittableRandom hashes = new SplittableRandom(1);
        DistinctSketch sketch = DistinctSketch.of(setOf(EXACT, hashes));
        add(1_000_000, hashes, sketch);
        for (long register = 0; register < 100; register++) {
            sketch.add(register << 48 | 1 << 4, 0);
        }

        DistinctSketch loaded = DistinctSketch.of(sketch.toBytes(), sketch.byDay(), sketch.martingale());
        DistinctSketch summedUp = DistinctSketch.of(sketch.toBytes(), sketch.byDay());
        assertThat(summedUp.martingale().probability())
                .isNotEqualTo(sketch.martingale().probability());

        add(10_000, new SplittableRandom(2), sketch);
        add(10_000, new SplittableRandom(2), loaded);
        assertThat(loaded.martingale()).isEqualTo(sketch.martingale());
        assertThat(loaded.byDay()).isEqualTo(sketch.byDay());
        assertThat(loaded.toBytes()).isEqualTo(sketch.toBytes());
    }

    private static DistinctSet setOf(int count, SplittableRandom hashes) {
        DistinctSet set = new DistinctSet();
        for (int i = 0; i < count; i++) {
            set.add(hashes.nextLong(), i % 7);
        }
        return set;
    }

    private static void add(int count, SplittableRandom hashes, DistinctSketch sketch) {
        for (int i = 0; i < count; i++) {
            sketch.add(hashes.nextLong(), i % 7);
        }
    }
}
