package io.heartline.reports.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FreshStartsTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final FreshStarts starts =
            new FreshStarts(3, new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5), new java.util.Random(1)));

    private void fail(int count) {
        for (int i = 0; i < count; i++) {
            starts.firstAttemptFailed(0);
        }
    }

    @Test
    void belowTheToleratedFailures_messagesStart() {
        fail(2);

        assertThat(starts.isAllowed(7, 0)).isTrue();
    }

    @Test
    void atTheToleratedFailures_oneMessageStartsAfterABackoff() {
        fail(3);

        assertThat(starts.isAllowed(0, SECOND / 2)).isFalse();
        assertThat(starts.isAllowed(0, SECOND)).isTrue();
        assertThat(starts.isAllowed(1, SECOND)).isFalse();
    }

    @Test
    void furtherFailure_doublesTheBackoff() {
        fail(4);

        assertThat(starts.isAllowed(0, SECOND)).isFalse();
        assertThat(starts.isAllowed(0, 2 * SECOND)).isTrue();
    }

    @Test
    void success_resetsTheFailures() {
        fail(2);
        assertThat(starts.succeeded()).isFalse();
        fail(3);
        assertThat(starts.succeeded()).isTrue();

        assertThat(starts.isAllowed(7, 0)).isTrue();
    }
}
