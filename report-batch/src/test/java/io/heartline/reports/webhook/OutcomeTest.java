package io.heartline.reports.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeTest {

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 204, 299})
    void success_acknowledges(int status) {
        assertThat(Outcome.of(status, "7", Instant.EPOCH)).isEqualTo(Outcome.ACKNOWLEDGED);
    }

    @ParameterizedTest
    @CsvSource({
        "199,SERVER_ERROR",
        "300,REDIRECT",
        "308,REDIRECT",
        "400,CLIENT_ERROR",
        "410,CLIENT_ERROR",
        "499,CLIENT_ERROR",
        "500,SERVER_ERROR",
        "599,SERVER_ERROR",
        "600,SERVER_ERROR"
    })
    void otherStatus_isAFailure_withoutRetryAfter(int status, FailureCause cause) {
        assertThat(Outcome.of(status, "7", Instant.EPOCH)).isEqualTo(Outcome.failed(cause, "status " + status));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void retryAfter_isHonouredWithTooManyRequestsAndUnavailable(int status) {
        assertThat(Outcome.of(status, "7", Instant.EPOCH).retryAfter()).hasSeconds(7);
        assertThat(Outcome.of(status, null, Instant.EPOCH).retryAfter()).isNull();
    }
}
