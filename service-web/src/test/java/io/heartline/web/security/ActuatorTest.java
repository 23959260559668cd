package io.heartline.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.web.Http11Case;
import io.heartline.web.TestIssuer;
import io.heartline.web.TestService;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Tests which port serves health and metrics, and which callers may read them. */
class ActuatorTest {

    private static final TestIssuer ISSUER = new TestIssuer();
    private static final String[] NONE = {};
    private static final List<String> OTHERS = List.of(
            "env",
            "beans",
            "heapdump",
            "threaddump",
            "loggers",
            "sbom",
            "mappings",
            "configprops",
            "conditions",
            "info",
            "metrics",
            "shutdown",
            "health/none");

    private static TestService start(String[] mode, String... settings) {
        return TestService.start(
                Stream.of(mode, settings, new String[] {"management.endpoint.health.show-details=always"})
                        .flatMap(Stream::of)
                        .toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void managementPort_servesOnlyTheActuator_withoutToken(boolean withTokens) {
        try (TestService service = start(
                withTokens ? ISSUER.settings() : NONE,
                "management.server.port=0",
                "management.server.address=127.0.0.1")) {
            WebTestClient actuator = service.http("management");
            assertThat(status(actuator, "/actuator/health")).isEqualTo(200);
            assertThat(status(actuator, "/actuator/prometheus")).isEqualTo(200);
            assertThat(health(actuator))
                    .as("health for clients of the management port")
                    .contains("components");
            assertThat(OTHERS).allSatisfy(other -> assertThat(status(actuator, "/actuator/" + other))
                    .as(other)
                    .isEqualTo(404));
            for (String path : List.of("/things/alice", "/write", "/forgotten", "/")) {
                assertThat(status(actuator, path)).as(path).isIn(401, 404);
            }

            WebTestClient api = service.http();
            for (String path : List.of("/actuator", "/actuator/health", "/actuator/prometheus", "/actuator/env")) {
                assertThat(status(api, path)).as(path).isIn(401, 404);
            }
        }
    }

    @Test
    void managementPort_appliesTheSameRequestChecksAndTimeouts() throws IOException {
        try (TestService service = start(
                NONE,
                "management.server.port=0",
                "management.server.address=127.0.0.1",
                "heartline.web.request-timeout=1s")) {
            int port = service.port("management");
            String noTarget = "GET actuator/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            String unfinished = "GET /actuator/health HTTP/1.1\r\nX: ";

            assertThat(new Http11Case("", noTarget, "").exchange(port)).startsWith("HTTP/1.1 400");
            assertThat(new Http11Case("", unfinished, "").exchange(port)).isEmpty();
        }
    }

    @Test
    void mainPort_jwtMode_callersWithoutTokenSeeOnlyTheStatus() {
        try (TestService service = start(ISSUER.settings())) {
            assertThat(health(service.http())).isEqualTo("{\"status\":\"UP\"}");
            for (String closed : List.of("", "/prometheus", "/env", "/heapdump")) {
                assertThat(status(service.http(), "/actuator" + closed)).isEqualTo(401);
            }
        }
    }

    @Test
    void mainPort_openMode_showsHealthDetailsAndMetrics() {
        try (TestService service = start(NONE)) {
            assertThat(health(service.http())).contains("components");
            assertThat(status(service.http(), "/actuator/prometheus")).isEqualTo(200);
            assertThat(OTHERS).allSatisfy(other -> assertThat(status(service.http(), "/actuator/" + other))
                    .as(other)
                    .isEqualTo(404));
        }
    }

    private static int status(WebTestClient http, String path) {
        return http.get()
                .uri(path)
                .exchange()
                .returnResult(String.class)
                .getStatus()
                .value();
    }

    private static String health(WebTestClient http) {
        return http.get()
                .uri("/actuator/health")
                .exchange()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
    }
}
