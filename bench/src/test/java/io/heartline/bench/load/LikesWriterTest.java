package io.heartline.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LikesWriterTest {

    @Test
    void likesOfABurst_haveTheDueTimeOfItsFirstLike() {
        assertThat(LongStream.range(0, 7).map(number -> LikesWriter.firstOfBurst(number, 3)))
                .containsExactly(0L, 0L, 0L, 3L, 3L, 3L, 6L);
        assertThat(LongStream.range(0, 3).map(number -> LikesWriter.firstOfBurst(number, 1)))
                .containsExactly(0L, 1L, 2L);
    }
}
