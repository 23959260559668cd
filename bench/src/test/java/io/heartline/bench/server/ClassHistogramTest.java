package io.heartline.bench.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ClassHistogramTest {

    private static final String BEFORE = """
            42:
             num     #instances         #bytes  class name (module)
            -------------------------------------------------------
               1:         30000        2400000  [B (java.base@17.0.21)
               2:             2             48  org.example.TotalCount
            Total         30002        2400048
            """;

    private static final String AFTER = """
            42:
             num     #instances         #bytes  class name (module)
            -------------------------------------------------------
               1:         30500        2440000  [B (java.base@17.0.21)
               2:           100           6400  org.example.Follower
               3:            50           1600  org.example.Follower
            Total         30650        2448000
            """;

    @Test
    void bytes_areTheTotal() {
        assertThat(new ClassHistogram(BEFORE).bytes()).isEqualTo(2_400_048);
        assertThat(new ClassHistogram(AFTER).bytes()).isEqualTo(2_448_000);
    }

    @Test
    void growth_isPerClient_andBeginsWithTheMostBytes() {
        assertThat(new ClassHistogram(AFTER).growth(new ClassHistogram(BEFORE), 100, 10))
                .extracting(line -> line.strip().replaceAll(" +", " "))
                .containsExactly("400.0 bytes in 5.00 of [B", "80.0 bytes in 1.50 of org.example.Follower");
        assertThat(new ClassHistogram(AFTER).growth(new ClassHistogram(BEFORE), 100, 1))
                .hasSize(1);
    }

    @Test
    void textWithoutClasses_isNoHistogram() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ClassHistogram("42:\nno such command\n"));
    }
}
