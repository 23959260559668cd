package io.heartline.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Keys that are published, and an issuer that is not always there. */
@ExtendWith(OutputCaptureExtension.class)
class IssuerKeysTest {

    private static final TestIssuer TOKENS = new TestIssuer();
    private static final TestIssuer OTHERS = new TestIssuer();

    private final Map<String, String> published = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer server;
    private String issuer;

    @BeforeEach
    void publish() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer = "http://localhost:" + server.getAddress().getPort();
        server.createContext("/", exchange -> {
            String document = published.get(exchange.getRequestURI().getPath());
            if (exchange.getRequestURI().getPath().equals("/keys")) {
                asked.incrementAndGet();
            }
            byte[] body = document == null ? new byte[0] : document.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(document == null ? 500 : 200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        published.put("/keys", TOKENS.jwkSet());
        published.put(
                "/.well-known/openid-configuration",
                JSONObjectUtils.toJSONString(Map.of("issuer", issuer, "jwks_uri", issuer + "/keys")));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static SignedJWT parse(String token) {
        try {
            return SignedJWT.parse(token);
        } catch (ParseException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static List<JWK> ask(IssuerKeys keys, TestIssuer issuer) {
        return keys.apply(parse(issuer.token("alice"))).collectList().block();
    }

    @Test
    void aPublishedKey_isFound_andAskedForOnce() throws IOException {
        try (IssuerKeys keys = IssuerKeys.at(issuer + "/keys")) {
            for (int i = 0; i < 100; i++) {
                assertThat(ask(keys, TOKENS)).containsExactly(TOKENS.key().toPublicJWK());
            }
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void anIssuerSaysWhereItsKeysAre() throws IOException {
        try (IssuerKeys keys = IssuerKeys.of(issuer)) {
            assertThat(ask(keys, TOKENS)).containsExactly(TOKENS.key().toPublicJWK());
        }
    }

    @Test
    void anIssuerThatSaysItIsAnother_isNotBelieved() throws IOException {
        published.put(
                "/.well-known/openid-configuration",
                JSONObjectUtils.toJSONString(Map.of("issuer", "https://evil.example", "jwks_uri", issuer + "/keys")));

        try (IssuerKeys keys = IssuerKeys.of(issuer)) {
            assertThatExceptionOfType(RuntimeException.class)
                    .isThrownBy(() -> ask(keys, TOKENS))
                    .havingRootCause()
                    .withMessageContaining("another issuer");
        }
    }

    @Test
    void aNewKey_isFoundByTheFirstTokenOfIt() throws IOException {
        try (IssuerKeys keys = IssuerKeys.at(issuer + "/keys")) {
            ask(keys, TOKENS);
            published.put("/keys", OTHERS.jwkSet());

            assertThat(ask(keys, OTHERS)).containsExactly(OTHERS.key().toPublicJWK());
        }
    }

    @Test
    void tokensOfUnknownKeys_doNotMakeItAskEachTime() throws IOException {
        try (IssuerKeys keys = IssuerKeys.at(issuer + "/keys")) {
            for (int i = 0; i < 20; i++) {
                ask(keys, TOKENS);
                assertThat(ask(keys, OTHERS)).isEmpty();
            }
            assertThat(ask(keys, TOKENS)).isNotEmpty();
        }
        assertThat(asked.get()).isLessThanOrEqualTo(3);
    }

    @Test
    void withoutKeys_tokensAreNeitherGoodNorBad_andTheCallerIsToAskAgain(CapturedOutput log) {
        published.remove("/keys");
        try (Guarded service = Guarded.start(
                "heartline.security.mode=jwt",
                "spring.security.oauth2.resourceserver.jwt.jwk-set-uri=" + issuer + "/keys")) {
            for (int i = 0; i < 5; i++) {
                service.http()
                        .get()
                        .uri("/write")
                        .headers(headers -> headers.setBearerAuth(TOKENS.token("app", "things:write")))
                        .exchange()
                        .expectStatus()
                        .isEqualTo(503)
                        .expectHeader()
                        .valueEquals("Retry-After", "5")
                        .expectHeader()
                        .contentType("application/problem+json")
                        .expectBody(String.class)
                        .value(body -> assertThat(body).doesNotContain("localhost", "Exception"));
            }
        }
        assertThat(log.getAll().lines().filter(line -> line.contains("cannot be had")))
                .hasSize(1)
                .allMatch(line -> line.contains(issuer + "/keys"));
    }

    @Test
    void theIssuerItself_isHeldToItsName() {
        try (Guarded service = Guarded.start(
                "heartline.security.mode=jwt", "spring.security.oauth2.resourceserver.jwt.issuer-uri=" + issuer)) {
            assertThat(status(service, TOKENS.token(claims -> claims.subject("app")
                            .issuer(issuer)
                            .claim("scope", "things:write"))))
                    .isEqualTo(200);
            assertThat(status(service, TOKENS.token("app", "things:write"))).isEqualTo(401);
            assertThat(status(service, OTHERS.token(claims -> claims.subject("app")
                            .issuer(issuer)
                            .claim("scope", "things:write"))))
                    .isEqualTo(401);
        }
    }

    private static int status(Guarded service, String token) {
        return service.http()
                .get()
                .uri("/write")
                .headers(headers -> headers.setBearerAuth(token))
                .exchange()
                .returnResult(String.class)
                .getStatus()
                .value();
    }

    @Test
    void withoutAnywhereToFindKeys_itDoesNotStart() {
        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
                .isThrownBy(() -> Guarded.start("heartline.security.mode=jwt"))
                .withMessageContaining("issuer-uri");
    }

    @Test
    void withSeveralAlgorithms_itDoesNotStart() {
        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
                .isThrownBy(() -> Guarded.start(
                        "heartline.security.mode=jwt",
                        "spring.security.oauth2.resourceserver.jwt.jwk-set-uri=" + issuer + "/keys",
                        "spring.security.oauth2.resourceserver.jwt.jws-algorithms=RS256,none"))
                .withMessageContaining("jws-algorithms");
    }

    @Test
    void withoutAnAudience_itDoesNotStart() {
        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
                .isThrownBy(() -> Guarded.start(
                        "heartline.security.mode=jwt",
                        "spring.security.oauth2.resourceserver.jwt.jwk-set-uri=" + issuer + "/keys",
                        "spring.security.oauth2.resourceserver.jwt.audiences="))
                .withMessageContaining("audiences");
    }
}
