package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    @Test
    void theMedian_isTheMiddleOneOrBetweenTheTwoInTheMiddle() {
        assertThat(Spread.of(List.of(9.0, 1.0, 2.0))).isEqualTo(new Spread(1, 2, 9));
        assertThat(Spread.of(List.of(9.0, 1.0, 2.0, 4.0))).isEqualTo(new Spread(1, 3, 9));
    }

    @Test
    void targetsAreCompared_withinEachRepetition() {
        Comparison<Target> comparison = new Comparison<>(Target.class);
        for (double mood : new double[] {1, 10, 100}) {
            comparison.add(Target.heartline, 3 * mood);
            comparison.add(Target.netty, 2 * mood);
        }

        assertThat(comparison.ratio(Target.heartline, Target.netty)).isEqualTo(new Spread(1.5, 1.5, 1.5));
        assertThat(comparison.difference(Target.heartline, Target.netty)).isEqualTo(new Spread(1, 10, 100));
    }

    @Test
    void aSpread_isWrittenTheSameInEveryCountry() {
        assertThat(new Spread(0.5, 1.25, 2)).hasToString("1.25 (0.50 to 2.00)");
    }
}
