package io.heartline.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;

@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class OriginFilterTest {

    private static final String URL = "http://localhost:8082/v1/authors/alice/likes";

    private final OriginFilter filter = new OriginFilter(List.of("https://example.com"));
    private final AtomicBoolean passed = new AtomicBoolean();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "https://evilexample.com",
                "https://example.com.evil.example",
                "https://sub.example.com",
                "http://example.com",
                "https://example.com:8443",
                "https://example.com@evil.example",
                "https://EXAMPLE.com.",
                "null",
                "file://"
            })
    void otherOrigin_isRefused(String origin) {
        for (MockServerHttpRequest.BaseBuilder<?> request :
                List.of(MockServerHttpRequest.get(URL), MockServerHttpRequest.post(URL))) {
            assertThatExceptionOfType(ErrorResponseException.class)
                    .isThrownBy(() -> ask(request.header("Origin", origin).build()))
                    .satisfies(refusal -> assertThat(refusal.getStatusCode()).isEqualTo(HttpStatus.FORBIDDEN));
        }
        assertThat(passed).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.com", "http://localhost:8082"})
    void allowedOrigin_andOwnOrigin_pass(String origin) {
        ask(MockServerHttpRequest.get(URL).header("Origin", origin).build());

        assertThat(passed).isTrue();
    }

    @Test
    void requestWithoutOrigin_passes() {
        ask(MockServerHttpRequest.get(URL).build());

        assertThat(passed).isTrue();
    }

    @Test
    void allowedOrigin_mayReadTheResponse() {
        MockServerHttpResponse answer = ask(MockServerHttpRequest.get(URL)
                .header("Origin", "https://example.com")
                .build());

        assertThat(answer.getHeaders().getAccessControlAllowOrigin()).isEqualTo("https://example.com");
        assertThat(answer.getHeaders().getVary()).contains("Origin");
        assertThat(answer.getHeaders().getAccessControlAllowCredentials()).isFalse();
    }

    @Test
    void preflight_isAnsweredByTheFilter() {
        MockServerHttpResponse response = ask(MockServerHttpRequest.options(URL)
                .header("Origin", "https://example.com")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization, content-type, idempotency-key")
                .build());

        assertThat(passed).isFalse();
        assertThat(response.getHeaders().getAccessControlAllowMethods()).contains(HttpMethod.POST);
        assertThat(response.getHeaders().getAccessControlAllowHeaders())
                .contains("authorization", "content-type", "idempotency-key");
        assertThat(response.getHeaders().getAccessControlMaxAge())
                .isEqualTo(Duration.ofHours(2).toSeconds());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT", "DELETE"})
    void preflight_allowsTheMethodsAndHeadersOfApps(String method) {
        String headers = "prefer, content-encoding, ce-specversion, ce-id, ce-source, ce-type, ce-time, ce-subject,"
                + " ce-datacontenttype";

        MockServerHttpResponse response = ask(preflight(method, headers));

        assertThat(response.getHeaders().getAccessControlAllowMethods())
                .containsExactly(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE);
        assertThat(String.join(", ", response.getHeaders().getAccessControlAllowHeaders()))
                .isEqualTo(headers);
    }

    @Test
    void preflight_refusesOtherMethodsAndHeaders() {
        assertThatExceptionOfType(ErrorResponseException.class).isThrownBy(() -> ask(preflight("PATCH", "prefer")));
        assertThatExceptionOfType(ErrorResponseException.class).isThrownBy(() -> ask(preflight("PUT", "x-other")));
    }

    private static MockServerHttpRequest preflight(String method, String headers) {
        return MockServerHttpRequest.options(URL)
                .header("Origin", "https://example.com")
                .header("Access-Control-Request-Method", method)
                .header("Access-Control-Request-Headers", headers)
                .build();
    }

    @Test
    void answer_exposesItsRateLimit() {
        MockServerHttpResponse answer = ask(MockServerHttpRequest.put(URL)
                .header("Origin", "https://example.com")
                .build());

        assertThat(answer.getHeaders().getAccessControlExposeHeaders())
                .contains("RateLimit", "RateLimit-Policy", "Retry-After");
    }

    @Test
    void refusal_namesTheSetting() {
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> askFrom("https://evil.example"))
                .satisfies(refusal ->
                        assertThat(refusal.getBody().getDetail()).contains("heartline.security.allowed-origins"));
    }

    @Test
    void refusedOrigin_isLoggedOnce(CapturedOutput log) {
        for (int i = 0; i < 3; i++) {
            askRefused("http://localhost:5173");
        }
        askFrom("https://example.com");

        assertThat(log.getAll()
                        .lines()
                        .filter(line -> line.contains("http://localhost:5173 ")
                                && line.contains("heartline.security.allowed-origins")))
                .hasSize(1);
        assertThat(log).doesNotContain("https://example.com");
    }

    @Test
    void originsThatAClientMakesUp_doNotFillTheLog(CapturedOutput log) {
        askRefused("https://" + "x".repeat(1_000));
        askRefused("https://forged\u001b[31m");
        for (int i = 0; i < 10 * RefusedOrigins.MAX_LOGGED; i++) {
            askRefused("https://made-up-" + i + ".example");
        }

        assertThat(log.getAll().lines().filter(line -> line.contains("https://")))
                .hasSize(RefusedOrigins.MAX_LOGGED);
        assertThat(log).doesNotContain("forged", "xxxx");
    }

    private void askRefused(String origin) {
        assertThatExceptionOfType(ErrorResponseException.class).isThrownBy(() -> askFrom(origin));
    }

    private void askFrom(String origin) {
        ask(MockServerHttpRequest.get(URL).header("Origin", origin).build());
    }

    private MockServerHttpResponse ask(MockServerHttpRequest request) {
        MockServerWebExchange exchange = MockServerWebExchange.from(request);
        filter.filter(exchange, through -> Mono.fromRunnable(() -> passed.set(true)))
                .block();
        return exchange.getResponse();
    }
}
