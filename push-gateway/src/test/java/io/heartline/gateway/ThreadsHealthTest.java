package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class ThreadsHealthTest {

    @Test
    void runningThreads_areUp() {
        assertThat(health(null, false).getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void endedTailThread_isDown_andNamed() {
        assertDown(health("log-tail-1", false), "thread log-tail-1 has ended: restart this instance");
    }

    @Test
    void endedTicker_isDown_andNamed() {
        assertDown(health(null, true), "thread ticker has ended: restart this instance");
    }

    private static Health health(@Nullable String endedTail, boolean tickerHasDied) {
        return new ThreadsHealth(() -> endedTail, () -> tickerHasDied).health();
    }

    private static void assertDown(Health health, String reason) {
        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails()).isEqualTo(Map.of("reason", reason));
    }
}
