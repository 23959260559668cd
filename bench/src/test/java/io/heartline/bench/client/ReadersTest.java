package io.heartline.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadersTest {

    private static final int PARTS = 20;

    @ParameterizedTest
    @ValueSource(ints = {100, 1500, 6000})
    void phases_areSpreadEvenly(int clients) {
        int[] inPart = new int[PARTS];
        IntStream.range(0, clients).forEach(i -> inPart[(int) (Readers.phase(i) * PARTS)]++);

        assertThat(IntStream.of(inPart).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(clients / PARTS - 2, clients / PARTS + 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 1500, 6000})
    void phases_doNotFollowTheOrderOfAuthors(int clients) {
        int authors = 100;
        int[] inPart = new int[PARTS];
        IntStream.range(0, clients).forEach(i -> {
            double behindTheLike = (Readers.phase(i) - (double) (i % authors) / authors + 1) % 1;
            inPart[(int) (behindTheLike * PARTS)]++;
        });

        assertThat(IntStream.of(inPart).boxed()).allSatisfy(count -> assertThat(count)
                .isBetween((int) (clients / PARTS * 0.6), (int) (clients / PARTS * 1.4)));
    }
}
