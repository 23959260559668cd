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

    @Test
    void liveBytes_areTheTotalOfTheHistogram() {
        String histogram = """
                42:
                 num     #instances         #bytes  class name (module)
                -------------------------------------------------------
                   1:         30000        2400000  [B (java.base@17.0.21)
                   2:             2             48  org.example.TotalCount
                Total         30002        2400048
                """;

        assertThat(Footprint.liveBytes(histogram)).isEqualTo(2_400_048);
    }
}
