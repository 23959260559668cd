package io.heartline.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.web.TestIssuer;
import io.heartline.web.TestService;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Sends the requests of a browser to a whole service. Tests that all filters are present and in the right order. */
class BrowserRequestsTest {

    private static final TestIssuer ISSUER = new TestIssuer();
    private static final TestService OPEN = TestService.start("heartline.security.allowed-origins=https://example.com");
    private static final TestService SECURED = TestService.start(settings());

    private static String[] settings() {
        String[] settings = Arrays.copyOf(ISSUER.settings(), ISSUER.settings().length + 1);
        settings[settings.length - 1] = "heartline.security.allowed-origins=https://example.com";
        return settings;
    }

    @AfterAll
    static void stop() {
        OPEN.close();
        SECURED.close();
    }

    private static WebTestClient.RequestHeadersSpec<?> ask(TestService service, String origin) {
        return service.http().get().uri("/things/alice").header(HttpHeaders.ORIGIN, origin);
    }

    @Test
    void foreignOrigin_isRefusedInBothModes_evenWithValidToken() {
        ask(OPEN, "https://evilexample.com").exchange().expectStatus().isForbidden();
        ask(SECURED, "https://evilexample.com")
                .headers(headers -> headers.setBearerAuth(ISSUER.token("alice", "things:read")))
                .exchange()
                .expectStatus()
                .isForbidden()
                .expectHeader()
                .doesNotExist(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
    }

    @Test
    void preflight_needsNoToken() {
        SECURED.http()
                .options()
                .uri("/things/alice")
                .header(HttpHeaders.ORIGIN, "https://example.com")
                .header(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD, "GET")
                .header(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS, "authorization")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "https://example.com")
                .expectHeader()
                .valueEquals(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, "authorization");
    }

    @Test
    void allowedOrigin_mayReadTheError() {
        ask(SECURED, "https://example.com")
                .exchange()
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .valueEquals(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "https://example.com")
                .expectHeader()
                .value(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, value -> assertThat(value)
                        .contains("WWW-Authenticate"));
    }

    @Test
    void reboundHost_isRefusedInOpenMode() {
        OPEN.http()
                .get()
                .uri("/things/alice")
                .header(HttpHeaders.HOST, "evil.example")
                .exchange()
                .expectStatus()
                .isEqualTo(421);
        OPEN.http().get().uri("/things/alice").exchange().expectStatus().isOk();
    }

    @Test
    void everyResponse_hasNosniffInBothModes() {
        for (TestService service : new TestService[] {OPEN, SECURED}) {
            for (String path : new String[] {"/things/alice", "/none", "/defect", "/actuator/health"}) {
                service.http()
                        .get()
                        .uri(path)
                        .exchange()
                        .expectHeader()
                        .valueEquals("X-Content-Type-Options", "nosniff");
            }
        }
    }
}
