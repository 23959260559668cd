package io.heartline.web.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedException;
import org.springframework.security.web.server.firewall.StrictServerWebExchangeFirewall;
import org.springframework.web.server.ServerWebExchange;

/** Tests which requests bypass Spring Security's firewall. Each of them must also pass that firewall. */
class FastPathFirewallTest {

    private final FastPathFirewall firewall = new FastPathFirewall();

    private static MockServerWebExchange exchange(HttpMethod method, String path, String... headers) {
        var request = MockServerHttpRequest.method(method, URI.create("http://localhost" + path));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return MockServerWebExchange.from(request);
    }

    private static boolean isPlain(HttpMethod method, String path, String... headers) {
        return FastPathFirewall.isHarmless(exchange(method, path, headers).getRequest());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/likes", "/v1/authors/alice_1/reports/2026-W47", "/", ""})
    void pathOfLettersAndDigits_isHarmless(String path) {
        assertThat(isPlain(HttpMethod.POST, path, "Authorization", "Bearer a.b-c_d"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/things/./alice",
                "/things/bob/../alice",
                "/things//alice",
                "/things/alice;v=1",
                "/things/%2e%2e/alice",
                "/things/alice%2f",
                "/things/alice%00",
                "/things/alice%250a",
                "/things/a.b",
                "/things/alice?x=y"
            })
    void otherPath_isNotHarmless(String path) {
        assertThat(isPlain(HttpMethod.GET, path)).isFalse();
    }

    @Test
    void otherMethods_areNotHarmless() {
        assertThat(isPlain(HttpMethod.valueOf("TRACE"), "/v1/likes")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0001", "a\t", "\u007f", "\u0085", "\u00e4", "\u20ac"})
    void headersOutsidePrintableAscii_areNotHarmless(String text) {
        assertThat(isPrintable("Prefer", "return=minimal ~")).isTrue();
        assertThat(isPrintable("Prefer", text)).isFalse();
        assertThat(isPrintable("X-" + text, "a")).isFalse();
    }

    private static boolean isPrintable(String name, String value) {
        HttpHeaders headers =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        return FastPathFirewall.isPrintable(
                headers.add("Host", "localhost").add(name, value).iteratorCharSequence());
    }

    @Test
    void harmlessRequest_passesSpringsFirewall() {
        StrictServerWebExchangeFirewall strict = new StrictServerWebExchangeFirewall();
        Random random = new Random(1);
        String[] parts = {"/", "a", "Z", "9", "-", "_", ".", "..", "%2e", "%2F", ";", "%25", "%0a", "?q", "//"};
        int plain = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder path = new StringBuilder("/a");
            for (int length = random.nextInt(6); length > 0; length--) {
                path.append(parts[random.nextInt(parts.length)]);
            }
            ServerWebExchange exchange = exchange(HttpMethod.GET, path.toString());
            if (FastPathFirewall.isHarmless(exchange.getRequest())) {
                plain++;
                assertThatCode(() -> strict.getFirewalledExchange(exchange).block())
                        .as(path.toString())
                        .doesNotThrowAnyException();
            }
        }
        assertThat(plain).isBetween(1_000, 19_000);
    }

    @Test
    void otherRequest_isDecidedBySpringsFirewall() {
        assertThatExceptionOfType(ServerExchangeRejectedException.class)
                .isThrownBy(() -> firewall.getFirewalledExchange(exchange(HttpMethod.GET, "/a//b"))
                        .block());
        assertThatExceptionOfType(ServerExchangeRejectedException.class)
                .isThrownBy(() -> firewall.getFirewalledExchange(exchange(HttpMethod.GET, "/a.b", "Prefer", "a\u0001"))
                        .block()
                        .getRequest()
                        .getHeaders()
                        .getFirst("Prefer"));
        assertThat(firewall.getFirewalledExchange(exchange(HttpMethod.GET, "/a.b", "Prefer", "a b"))
                        .block()
                        .getRequest()
                        .getHeaders()
                        .getFirst("Prefer"))
                .isEqualTo("a b");
    }
}
