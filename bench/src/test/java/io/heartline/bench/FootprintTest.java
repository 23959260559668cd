package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FootprintTest {

    @Test
    void aFigure_isAtRestOnceFiveReadingsLieWithinOnePercent() {
        Settling settling = new Settling();

        assertThat(LongStream.of(1000, 1005, 1010, 1002).anyMatch(settling::isAtRest))
                .isFalse();
        assertThat(settling.isAtRest(1001)).isTrue();
    }

    @Test
    void aFigureThatCreeps_isNotAtRestUntilTheLatestFiveAgree() {
        Settling settling = new Settling();

        assertThat(LongStream.of(1000, 1004, 1008, 1012, 1016, 1020, 1014).anyMatch(settling::isAtRest))
                .isFalse();
        assertThat(settling.isAtRest(1015)).isTrue();
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

        assertThat(Garbage.liveBytes(histogram)).isEqualTo(2_400_048);
    }
}
