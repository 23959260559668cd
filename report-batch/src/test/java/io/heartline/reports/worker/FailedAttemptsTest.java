package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.run.Run;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FailedAttemptsTest {

    private static final Run RUN = Run.requested("r", Run.ON_REQUEST, Instant.EPOCH);

    private final FailedAttempts attempts = new FailedAttempts();

    @Test
    void maxAttemptsWithoutProgress_areExhausted() {
        for (int attempt = 1; attempt < FailedAttempts.MAX_ATTEMPTS; attempt++) {
            assertThat(attempts.recordAndCheckExhausted(RUN, 100)).isFalse();
        }

        assertThat(attempts.recordAndCheckExhausted(RUN, 100)).isTrue();
    }

    @Test
    void progressOrAnotherRun_resetsTheCount() {
        for (int attempt = 0; attempt < 3 * FailedAttempts.MAX_ATTEMPTS; attempt++) {
            assertThat(attempts.recordAndCheckExhausted(RUN, 1_000 - attempt / 5))
                    .isFalse();
        }
        assertThat(attempts.recordAndCheckExhausted(Run.requested("other", Run.ON_REQUEST, Instant.EPOCH), 1))
                .isFalse();
    }
}
