package io.heartline.web.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;

class ApiExceptionTest {

    @Test
    void message_isTheDetail_andThereIsNoStackTrace() {
        ApiException error = ApiException.notFound("There is no such run.");

        assertThat(error).hasMessage("There is no such run.");
        assertThat(error.getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
        assertThat(error.getBody().getTitle()).isEqualTo("Not Found");
        assertThat(error.getStackTrace()).isEmpty();
    }

    @Test
    void retryAfter_isRoundedUpToSeconds() {
        ApiException error = ApiException.retryLater(
                HttpStatus.SERVICE_UNAVAILABLE,
                "Ask again.",
                Duration.ofSeconds(4).plusNanos(1));

        assertThat(error.getHeaders().getFirst("Retry-After")).isEqualTo("5");
    }

    @Test
    void member_isAddedToTheBody_alsoAsNull() {
        ApiException error = ApiException.of(HttpStatus.PRECONDITION_FAILED, "Not yet.")
                .with("through", null)
                .with("n", 1);

        assertThat(error.getBody().getProperties())
                .containsEntry("through", null)
                .containsEntry("n", 1);
    }

    @Test
    void invalidParameter_namesTheParameterAndItsRule() {
        InvalidParameterException error = new InvalidParameterException("limit", "must be 1");

        assertThat(error).hasMessage("limit must be 1.");
        assertThat(error.getBody().getTitle()).isEqualTo("Invalid parameter");
        assertThat(error.getBody().getProperties())
                .containsEntry("errors", List.of(Map.of("parameter", "limit", "detail", "must be 1")));
    }
}
