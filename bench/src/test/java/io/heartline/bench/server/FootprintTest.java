package io.heartline.bench.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FootprintTest {

    @Test
    void figure_isStable_onceFiveReadingsAreWithinOnePercent() {
        Footprint.Stabilisation readings = new Footprint.Stabilisation();

        assertThat(LongStream.of(1000, 1005, 1010, 1002).anyMatch(readings::isStable))
                .isFalse();
        assertThat(readings.isStable(1001)).isTrue();
    }

    @Test
    void creepingFigure_isNotStable_untilTheLastFiveReadingsAgree() {
        Footprint.Stabilisation readings = new Footprint.Stabilisation();

        assertThat(LongStream.of(1000, 1004, 1008, 1012, 1016, 1020, 1014).anyMatch(readings::isStable))
                .isFalse();
        assertThat(readings.isStable(1015)).isTrue();
    }
}
