package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class ThreadsHealthTest {

    @Test
    void runningThreads_areUp() {
        assertThat(health(false, false).getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void endedTailThread_isDown_andNamed() {
        assertDown(health(true, false), "thread log-tail has ended: restart this instance");
    }

    @Test
    void endedTicker_isDown_andNamed() {
        assertDown(health(false, true), "thread ticker has ended: restart this instance");
    }

    private static Health health(boolean tailHasDied, boolean tickerHasDied) {
        return new ThreadsHealth(() -> tailHasDied, () -> tickerHasDied).health();
    }

    private static void assertDown(Health health, String reason) {
        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails()).isEqualTo(Map.of("reason", reason));
    }
}
