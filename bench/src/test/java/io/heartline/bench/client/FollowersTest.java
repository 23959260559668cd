package io.heartline.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.bench.result.CannotMeasureException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FollowersTest {

    @Test
    void timedFollowers_areSpreadEvenly() {
        assertThat(timed(1000, 50)).hasSize(50).startsWith(19, 39).endsWith(979, 999);
        assertThat(timed(30, 50)).hasSize(30);
        assertThat(timed(1000, 0)).isEmpty();
    }

    private static List<Integer> timed(int count, int timed) {
        return IntStream.range(0, count)
                .filter(i -> Followers.isTimed(i, count, timed))
                .boxed()
                .toList();
    }

    @Test
    void requireFiles_throwsBeyondTheLimitOfTheProcess() {
        assertThatCode(() -> Connections.requireFiles(1)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Connections.requireFiles(Integer.MAX_VALUE))
                .isInstanceOf(CannotMeasureException.class)
                .hasMessageContaining("2,147,483,647 more open files")
                .hasMessageContaining("ulimit -Hn");
    }
}
