package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class AttemptsTest {

    private static final Run RUN = Run.requested("r", Run.ON_REQUEST, Instant.EPOCH);

    private final Attempts attempts = new Attempts();

    @Test
    void maxAttemptsWithoutProgress_areExhausted() {
        for (int attempt = 1; attempt < Attempts.MAX; attempt++) {
            assertThat(attempts.isExhausted(RUN, 100)).isFalse();
        }

        assertThat(attempts.isExhausted(RUN, 100)).isTrue();
    }

    @Test
    void progressOfAnyInstance_orAnotherRun_startsTheCountAnew() {
        for (int attempt = 0; attempt < 3 * Attempts.MAX; attempt++) {
            assertThat(attempts.isExhausted(RUN, 1_000 - attempt / 5)).isFalse();
        }
        assertThat(attempts.isExhausted(Run.requested("other", Run.ON_REQUEST, Instant.EPOCH), 1))
                .isFalse();
    }
}
