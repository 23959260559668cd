package io.heartline.web.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith(OutputCaptureExtension.class)
class ProblemHandlerTest {

    private final ProblemHandler problems = new ProblemHandler(JsonMapper.shared());
    private final MockServerWebExchange exchange =
            MockServerWebExchange.from(MockServerHttpRequest.get("/").header("Accept", "text/html"));

    @Test
    void internalError_isAProblem_andDetailsAreOnlyLogged(CapturedOutput log) {
        problems.handle(exchange, new IllegalStateException("the password is 4711"))
                .block();

        assertThat(exchange.getResponse().getStatusCode()).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
        assertThat(exchange.getResponse().getHeaders().getContentType()).hasToString("application/problem+json");
        assertThat(exchange.getResponse().getBodyAsString().block())
                .contains("\"status\":500", "Request-Id")
                .doesNotContain("4711", "Exception");
        assertThat(log).contains("4711");
    }

    @Test
    void errorAfterCommit_isPassedOn() {
        exchange.getResponse().setComplete().block();

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> problems.handle(exchange, new IllegalStateException("broken off"))
                        .block());
    }
}
