package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AuthorLikesTest {

    @Test
    void likesOfABurst_areDueWithItsFirst_andBurstsComeAsFarApartAsTheirLikesWould() {
        assertThat(LongStream.range(0, 7).map(number -> AuthorLikes.firstOfBurst(number, 3)))
                .containsExactly(0L, 0L, 0L, 3L, 3L, 3L, 6L);
        assertThat(LongStream.range(0, 3).map(number -> AuthorLikes.firstOfBurst(number, 1)))
                .containsExactly(0L, 1L, 2L);
    }
}
