package io.heartline.web.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.json.JsonMapper;

@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class ProblemHandlerTest {

    private final ProblemHandler problems = new ProblemHandler(JsonMapper.shared(), List.of());
    private final MockServerHttpResponse response = new MockServerHttpResponse() {
        @Override
        @SuppressWarnings("unchecked")
        public <T> T getNativeResponse() {
            return (T) "not the response of a server";
        }
    };
    private final ServerWebExchange exchange = MockServerWebExchange.from(
                    MockServerHttpRequest.get("/v1/things/{id}", "a b").header("Accept", "text/html"))
            .mutate()
            .response(response)
            .build();

    /** A customizer of a service that renders the exceptions of a library. */
    private static final class LibraryErrors implements ProblemCustomizer {

        @Override
        public @Nullable ErrorResponse toErrorResponse(Throwable e, ServerWebExchange exchange) {
            return e instanceof UnsupportedOperationException
                    ? ApiException.retryLater(HttpStatus.SERVICE_UNAVAILABLE, "Ask again.", Duration.ofSeconds(5))
                    : null;
        }

        @Override
        public void beforeWrite(ErrorResponse error, ServerWebExchange exchange) {
            error.getBody().setType(URI.create("/problems/any"));
        }
    }

    @Test
    void internalError_isAProblem_andDetailsAreOnlyLogged(CapturedOutput log) {
        problems.handle(exchange, new IllegalStateException("the password is 4711"))
                .block();

        assertThat(exchange.getResponse().getStatusCode()).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
        assertThat(exchange.getResponse().getHeaders().getContentType()).hasToString("application/problem+json");
        assertThat(body()).contains("\"status\":500", "Request-Id").doesNotContain("4711", "Exception", "instance");
        assertThat(log).contains("4711");
    }

    @Test
    void errorAfterCommit_isPassedOn() {
        exchange.getResponse().setComplete().block();

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> problems.handle(exchange, new IllegalStateException("broken off"))
                        .block());
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> problems.handleDispatched(ApiException.notFound("Gone."), exchange)
                        .block());
    }

    @Test
    void errorOfAHandler_namesThePath_whateverTheRequestAccepts() {
        problems.handleDispatched(new InvalidParameterException("limit", "must be 1"), exchange)
                .block();

        assertThat(exchange.getResponse().getStatusCode()).isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(exchange.getResponse().getHeaders().getContentType()).hasToString("application/problem+json");
        assertThat(exchange.getResponse().getHeaders().getContentLength()).isEqualTo(body().length());
        assertThat(JsonMapper.shared().readTree(body()))
                .isEqualTo(JsonMapper.shared().readTree("""
                                        {"title": "Invalid parameter", "status": 400, "detail": "limit must be 1.",
                                         "instance": "/v1/things/a%20b",
                                         "errors": [{"parameter": "limit", "detail": "must be 1"}]}"""));
    }

    @Test
    void memberThatIsNull_isWrittenAsNull() {
        problems.handleDispatched(
                        ApiException.of(HttpStatus.PRECONDITION_FAILED, "Not yet.")
                                .with("through", null),
                        exchange)
                .block();

        assertThat(body()).contains("\"through\":null");
    }

    @Test
    void unexpectedExceptionOfAHandler_isPassedOn() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> problems.handleDispatched(new IllegalStateException("a defect"), exchange)
                        .block());
        assertThat(exchange.getResponse().isCommitted()).isFalse();
    }

    @Test
    void exceptionOfALibrary_isRenderedByTheCustomizer_alsoAsACause() {
        ProblemHandler customized = new ProblemHandler(JsonMapper.shared(), List.of(new LibraryErrors()));

        customized
                .handleDispatched(new IllegalStateException(new UnsupportedOperationException()), exchange)
                .block();

        assertThat(exchange.getResponse().getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(exchange.getResponse().getHeaders().getFirst("Retry-After")).isEqualTo("5");
        assertThat(body()).startsWith("{\"type\":\"/problems/any\",\"title\":\"Service Unavailable\",\"status\":503");
    }

    private String body() {
        return response.getBodyAsString().block();
    }
}
