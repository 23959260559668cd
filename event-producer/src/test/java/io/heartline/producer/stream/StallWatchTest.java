package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StallWatchTest {

    private static final long SECOND = 1_000_000_000L;

    private final StallWatch watch = new StallWatch(Duration.ofSeconds(30), 0);

    @Test
    void noProgress_isStalledAfterTheTimeout() {
        assertThat(watch.isStalled(30 * SECOND, 0, 0)).isFalse();
        assertThat(watch.isStalled(30 * SECOND + 1, 0, 0)).isTrue();
    }

    @Test
    void lineIsProgress() {
        assertThat(watch.isStalled(29 * SECOND, 1, 0)).isFalse();
        assertThat(watch.isStalled(58 * SECOND, 1, 0)).isFalse();
        assertThat(watch.isStalled(60 * SECOND, 1, 0)).isTrue();
    }

    @Test
    void pendingBytesDecrease_isProgress_andIncreaseIsNone() {
        assertThat(watch.isStalled(10 * SECOND, 0, 5000)).isFalse();
        assertThat(watch.isStalled(20 * SECOND, 0, 4999)).isFalse();
        assertThat(watch.isStalled(49 * SECOND, 0, 6000)).isFalse();
        assertThat(watch.isStalled(51 * SECOND, 0, 6000)).isTrue();
    }

    @Test
    void restart_resetsTheTimeout() {
        watch.restart(20 * SECOND);

        assertThat(watch.isStalled(49 * SECOND, 0, 0)).isFalse();
        assertThat(watch.isStalled(51 * SECOND, 0, 0)).isTrue();
    }
}
