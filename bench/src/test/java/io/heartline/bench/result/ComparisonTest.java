package io.heartline.bench.result;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.bench.model.Target;
import io.heartline.bench.result.Comparison.MedianRange;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    @Test
    void median_isTheMiddleFigure_orTheMeanOfTheMiddleTwo() {
        assertThat(MedianRange.of(List.of(9.0, 1.0, 2.0))).isEqualTo(new MedianRange(1, 2, 9));
        assertThat(MedianRange.of(List.of(9.0, 1.0, 2.0, 4.0))).isEqualTo(new MedianRange(1, 3, 9));
    }

    @Test
    void targets_areComparedWithinEachRepetition() {
        Comparison<Target> comparison = new Comparison<>(Target.class);
        for (double mood : new double[] {1, 10, 100}) {
            comparison.add(Target.heartline, 3 * mood);
            comparison.add(Target.netty, 2 * mood);
        }

        assertThat(comparison.ratio(Target.heartline, Target.netty)).isEqualTo(new MedianRange(1.5, 1.5, 1.5));
        assertThat(comparison.difference(Target.heartline, Target.netty)).isEqualTo(new MedianRange(1, 10, 100));
    }

    @Test
    void range_isFormattedIndependentlyOfTheLocale() {
        assertThat(new MedianRange(0.5, 1.25, 2)).hasToString("1.25 (0.50 to 2.00)");
    }
}
