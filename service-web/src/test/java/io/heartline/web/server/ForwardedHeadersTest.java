package io.heartline.web.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.web.TestService;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.http.HttpHeaders;

/** Tests which address a service uses as the address of its client, with and without proxies. */
class ForwardedHeadersTest {

    private static final String ITSELF = "127.0.0.1";

    private static TestService direct;
    private static TestService oneProxy;
    private static TestService twoProxies;

    @BeforeAll
    static void start() {
        direct = TestService.start();
        oneProxy = TestService.start(
                "server.forward-headers-strategy=native",
                "heartline.security.allowed-hosts=localhost,likes.example.com");
        twoProxies = TestService.start("server.forward-headers-strategy=native", "heartline.web.trusted-proxies=2");
    }

    @AfterAll
    static void stop() {
        direct.close();
        oneProxy.close();
        twoProxies.close();
    }

    @Test
    void strategyOff_headersAreIgnored() {
        assertThat(ask(direct, headers -> {
                    headers.add("X-Forwarded-For", "10.0.0.1");
                    headers.add("X-Forwarded-Proto", "https");
                    headers.add("X-Forwarded-Host", "likes.example.com");
                    headers.add("Forwarded", "for=10.0.0.2;proto=https");
                }))
                .isEqualTo(ITSELF + " asks http://localhost:" + direct.port("server") + "/client");
    }

    @Test
    void forwardedOfTheClient_doesNotOverrideTheProxy() {
        assertThat(ask(oneProxy, headers -> {
                    headers.add("Forwarded", "for=10.9.1.1;proto=ftp;host=evil.example");
                    headers.add("X-Forwarded-For", "10.0.0.1");
                }))
                .isEqualTo("10.0.0.1 asks http://localhost:" + oneProxy.port("server") + "/client");
    }

    @Test
    void forwardedHeader_isIgnored() {
        assertThat(client(oneProxy, "Forwarded", "for=10.9.1.1")).isEqualTo(ITSELF);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.1 | 10.0.0.1",
                "10.9.1.1, 10.0.0.1 | 10.0.0.1",
                "10.9.1.1,unknown,10.0.0.1 | 10.0.0.1",
                "10.0.0.1:4711 | 10.0.0.1",
                "2001:db8:1:2:3:4:5:6 | 2001:db8:1:2:0:0:0:0/64",
                "[2001:db8:1:2:3:4:5:6]:443 | 2001:db8:1:2:0:0:0:0/64",
                "::ffff:10.0.0.1 | 10.0.0.1",
            })
    void oneProxy_clientIsTheLastAddress(String list, String client) {
        assertThat(client(oneProxy, "X-Forwarded-For", list)).isEqualTo(client);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "10.0.0.1, evil.example", "10.0.0.1,", "1.2.3", "localhost"})
    void invalidAddress_connectionsAddressIsUsed(String list) {
        assertThat(client(oneProxy, "X-Forwarded-For", list)).isEqualTo(ITSELF);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.9.1.1, 10.0.0.1, 10.0.0.2 | 10.0.0.1",
                "10.0.0.1, 10.0.0.2 | 10.0.0.1",
                "10.0.0.2 | 10.0.0.2",
            })
    void twoProxies_clientIsTheSecondLastAddress(String list, String client) {
        assertThat(client(twoProxies, "X-Forwarded-For", list)).isEqualTo(client);
    }

    @Test
    void severalLinesOfAHeader_areOneList() {
        assertThat(ask(oneProxy, headers -> {
                    headers.add("X-Forwarded-For", "10.9.1.1");
                    headers.add("X-Forwarded-For", "10.0.0.1");
                }))
                .startsWith("10.0.0.1 ");
    }

    @Test
    void schemeHostAndPort_areTheProxys() {
        assertThat(ask(oneProxy, headers -> {
                    headers.add("X-Forwarded-Proto", "https");
                    headers.add("X-Forwarded-Host", "likes.example.com");
                }))
                .endsWith(" asks https://likes.example.com/client");
        assertThat(ask(oneProxy, headers -> {
                    headers.add("X-Forwarded-Proto", "https");
                    headers.add("X-Forwarded-Host", "likes.example.com");
                    headers.add("X-Forwarded-Port", "8443");
                }))
                .endsWith(" asks https://likes.example.com:8443/client");
        assertThat(ask(oneProxy, headers -> {
                    headers.add("X-Forwarded-Proto", "<script>");
                    headers.add("X-Forwarded-Port", "99999");
                }))
                .endsWith(" asks http://localhost:" + oneProxy.port("server") + "/client");
    }

    @Test
    void strategyFramework_serviceDoesNotStart() {
        assertThatThrownBy(() -> TestService.start("server.forward-headers-strategy=framework"))
                .hasRootCauseInstanceOf(InvalidConfigurationPropertyValueException.class);
    }

    private static String client(TestService service, String header, String value) {
        return ask(service, headers -> headers.add(header, value)).split(" ")[0];
    }

    private static String ask(TestService service, Consumer<HttpHeaders> headers) {
        return service.http()
                .get()
                .uri("/client")
                .headers(headers)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
    }
}
