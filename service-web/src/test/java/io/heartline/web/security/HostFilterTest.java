package io.heartline.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.web.Http11Case;
import io.heartline.web.TestIssuer;
import io.heartline.web.TestService;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Tests the protection against DNS rebinding: a page makes its own name resolve to this machine, so {@code Host} has that name. */
class HostFilterTest {

    private static final String[] OWN_PORT = {"management.server.port=0", "management.server.address=127.0.0.1"};
    private static final TestService OPEN =
            start(OWN_PORT, "heartline.security.allowed-hosts=localhost,event-producer");
    private static final TestService BEYOND_LOOPBACK = start(
            OWN_PORT,
            "heartline.security.open-beyond-loopback=true",
            "server.address=0.0.0.0",
            "server.forward-headers-strategy=native");
    private static final TestService SECURED = start(OWN_PORT, new TestIssuer().settings());

    private static TestService start(String[] settings, String... others) {
        return TestService.start(
                Stream.concat(Stream.of(settings), Stream.of(others)).toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        OPEN.close();
        BEYOND_LOOPBACK.close();
        SECURED.close();
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "event-producer:8081, 200",
        "192.0.2.1, 200",
        "[2001:db8::1]:8081, 200",
        "evil.example, 421",
        "push-gateway, 421"
    })
    void openMode_acceptsAllowedHostsAndAddresses(String host, int status) throws IOException {
        assertThat(get(OPEN, "server", "/things/alice", "Host: " + host)).startsWith("HTTP/1.1 " + status);
        assertThat(get(OPEN, "management", "/actuator/health", "Host: " + host))
                .as("on the management port")
                .startsWith("HTTP/1.1 " + status);
    }

    @Test
    void openModeBeyondLoopback_acceptsTheSameHosts() throws IOException {
        assertThat(get(BEYOND_LOOPBACK, "server", "/things/alice", "Host: localhost"))
                .startsWith("HTTP/1.1 200");
        assertThat(get(BEYOND_LOOPBACK, "server", "/things/alice", "Host: 127.0.0.1"))
                .startsWith("HTTP/1.1 200");
        assertThat(get(BEYOND_LOOPBACK, "server", "/things/alice", "Host: evil.example"))
                .startsWith("HTTP/1.1 421")
                .contains("application/problem+json", "heartline.security.allowed-hosts")
                .doesNotContain("evil");
    }

    @Test
    void jwtMode_acceptsAnyHost_exceptOnTheManagementPort() throws IOException {
        assertThat(get(SECURED, "server", "/things/alice", "Host: evil.example"))
                .startsWith("HTTP/1.1 401");
        assertThat(get(SECURED, "management", "/actuator/prometheus", "Host: localhost"))
                .startsWith("HTTP/1.1 200");
        assertThat(get(SECURED, "management", "/actuator/prometheus", "Host: 10.0.0.1:9081"))
                .startsWith("HTTP/1.1 200");
        assertThat(get(SECURED, "management", "/actuator/prometheus", "Host: evil.example"))
                .startsWith("HTTP/1.1 421");
    }

    /** A script can set {@code X-Forwarded-Host} if the browser treats its page as being of this service's origin. */
    @Test
    void forwardedHost_doesNotReplaceHost_andMustBeAllowedIfTrusted() throws IOException {
        assertThat(get(OPEN, "server", "/things/alice", "Host: evil.example\r\nX-Forwarded-Host: localhost"))
                .startsWith("HTTP/1.1 421");
        assertThat(get(OPEN, "server", "/things/alice", "Host: localhost\r\nX-Forwarded-Host: evil.example"))
                .as("X-Forwarded-Host is not trusted")
                .startsWith("HTTP/1.1 200");
        assertThat(get(BEYOND_LOOPBACK, "server", "/things/a", "Host: evil.example\r\nX-Forwarded-Host: localhost"))
                .startsWith("HTTP/1.1 421");
        assertThat(get(BEYOND_LOOPBACK, "server", "/things/a", "Host: localhost\r\nX-Forwarded-Host: evil.example"))
                .startsWith("HTTP/1.1 421");
        assertThat(get(BEYOND_LOOPBACK, "server", "/things/a", "Host: localhost\r\nX-Forwarded-Host: [::1]:80"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void absoluteTargetWithOtherHost_isRefused() throws IOException {
        assertThat(get(OPEN, "server", "http://evil.example/things/alice", "Host: localhost"))
                .startsWith("HTTP/1.1 421");
        assertThat(get(OPEN, "server", "http://event-producer/things/alice", "Host: localhost"))
                .startsWith("HTTP/1.1 200");
    }

    /** RFC 9112, 3.2, requires this in both modes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "X: y",
                "Host: localhost\r\nHost: localhost",
                "Host: localhost\r\nHost: evil.example",
                "Host: local host",
                "Host:",
                "Host: localhost:99999999",
                "Host: localhost:-1"
            })
    void missingDuplicateOrMalformedHost_isBadRequest(String headers) throws IOException {
        assertThat(get(OPEN, "server", "/things/alice", headers)).startsWith("HTTP/1.1 400");
        assertThat(get(SECURED, "server", "/things/alice", headers)).startsWith("HTTP/1.1 400");
        assertThat(get(SECURED, "management", "/actuator/health", headers)).startsWith("HTTP/1.1 400");
    }

    /** The health check of the image sends such requests. */
    @Test
    void http10WithoutHost_isAnswered() throws IOException {
        for (TestService service : new TestService[] {OPEN, BEYOND_LOOPBACK, SECURED}) {
            assertThat(ask(service, "management", "GET /actuator/health HTTP/1.0\r\n\r\n"))
                    .contains(" 200 ");
        }
        assertThat(ask(BEYOND_LOOPBACK, "server", "GET /things/alice HTTP/1.0\r\n\r\n"))
                .contains(" 200 ");
        assertThat(ask(BEYOND_LOOPBACK, "server", "GET /things/alice HTTP/1.0\r\nHost: evil.example\r\n\r\n"))
                .contains(" 421 ");
    }

    @Test
    void invalidAllowedHost_failsStartup() {
        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
                .isThrownBy(() -> TestService.start("heartline.security.allowed-hosts=http://localhost:8081"))
                .withMessageContaining("heartline.security.allowed-hosts");
    }

    private static String get(TestService service, String which, String target, String headers) throws IOException {
        return ask(service, which, "GET " + target + " HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n");
    }

    private static String ask(TestService service, String which, String request) throws IOException {
        return new Http11Case("", request, "").exchange(service.port(which));
    }
}
