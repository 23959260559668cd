package io.heartline.web.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.heartline.web.RawGet;
import io.heartline.web.TestIssuer;
import io.heartline.web.TestService;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Tests which tokens a service accepts, and how it answers requests with other tokens. */
@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class TokensTest {

    private static final TestIssuer ISSUER = new TestIssuer();
    private static final TestService SERVICE = TestService.start(ISSUER.settings());
    private static final WebTestClient HTTP = SERVICE.http();

    @AfterAll
    static void stop() {
        SERVICE.close();
    }

    private static WebTestClient.ResponseSpec ask(String path, String token) {
        return HTTP.get()
                .uri(path)
                .headers(headers -> {
                    if (token != null) {
                        headers.setBearerAuth(token);
                    }
                })
                .exchange();
    }

    private static void assertProblem(WebTestClient.ResponseSpec answer, int status) {
        answer.expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType("application/problem+json")
                .expectHeader()
                .exists("Request-Id")
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo(status)
                .jsonPath("$.detail")
                .isNotEmpty();
    }

    @Test
    void tokenWithScope_isAccepted_andNamesTheCaller() {
        ask("/write", ISSUER.token("app", "things:write"))
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .isEqualTo("written by app");
    }

    @Test
    void accessTokenOfRfc9068_isAccepted() {
        String token = ISSUER.token(header -> header.type(new JOSEObjectType("at+jwt")), claims -> claims.subject("app")
                .claim("scope", "things:write"));

        ask("/write", token).expectStatus().isOk();
    }

    @Test
    void author_mayReadOnlyTheirOwn() {
        String alice = ISSUER.token("alice", "things:read");

        ask("/things/alice", alice).expectStatus().isOk();
        WebTestClient.ResponseSpec refused = ask("/things/bob", alice);
        refused.expectHeader().value("WWW-Authenticate", value -> assertThat(value)
                .startsWith("Bearer error=\"insufficient_scope\"")
                .endsWith("scope=\"things:read:any\""));
        assertProblem(refused, 403);
    }

    @Test
    void anyScope_mayReadAllAuthors() {
        ask("/things/alice", ISSUER.token("analyst", "things:read:any"))
                .expectStatus()
                .isOk();
    }

    @Test
    void missingScope_is403NamingTheScope() {
        for (String token : new String[] {ISSUER.token("alice", "things:write"), ISSUER.token("alice")}) {
            WebTestClient.ResponseSpec refused = ask("/things/alice", token);
            refused.expectHeader()
                    .value("WWW-Authenticate", value -> assertThat(value).endsWith("scope=\"things:read\""));
            assertProblem(refused, 403);
        }
    }

    @Test
    void missingToken_is401() {
        WebTestClient.ResponseSpec refused = ask("/things/alice", null);
        refused.expectHeader().valueEquals("WWW-Authenticate", "Bearer");
        assertProblem(refused, 401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/forgotten", "/nothing", "/actuator/prometheus", "/actuator", "/error"})
    void pathWithoutRule_is403ForEveryToken(String path) {
        assertProblem(ask(path, null), 401);
        assertProblem(ask(path, ISSUER.token("alice", "things:read:any", "things:write")), 403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/things/alice/",
                "/things//alice",
                "//things/alice",
                "/things/alice;v=1",
                "/things/./alice",
                "/things/bob/../alice",
                "/things/%2e%2e/alice",
                "/things/alice%2f",
                "/things/alice%00",
                "/things/alice%250a",
                "/THINGS/alice",
                "/things/alice%0d%0aX: y",
                "/things\\alice"
            })
    void pathVariants_grantNoMoreThanTheRule(String path) {
        byte[] answer = RawGet.send(SERVICE.port("server"), path, ISSUER.token("bob", "things:read"));

        assertThat(new String(answer, StandardCharsets.UTF_8))
                .matches("(?s)HTTP/1.1 40[0134] .*")
                .doesNotContain("the things of");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "TRACE", "PROPFIND"})
    void unsupportedMethod_is405_ifTheTokenPermitsThePath(String method) {
        WebTestClient.ResponseSpec refused = HTTP.method(HttpMethod.valueOf(method))
                .uri("/write")
                .headers(headers -> headers.setBearerAuth(ISSUER.token("app", "things:write")))
                .exchange();

        refused.expectHeader().value("Allow", allowed -> assertThat(allowed).contains("GET"));
        assertProblem(refused, 405);
        assertProblem(HTTP.method(HttpMethod.valueOf(method)).uri("/write").exchange(), 401);
    }

    @Test
    void healthNeedsNoToken() {
        ask("/actuator/health", null).expectStatus().isOk();
    }

    static Stream<Named<String>> bad() throws JOSEException {
        Instant now = Instant.now();
        String good = ISSUER.token("alice", "things:read");
        String[] parts = good.split("\\.");
        String admin = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                        "{\"sub\":\"alice\",\"scope\":\"things:read:any\",\"aud\":\"heartline\",\"exp\":9999999999}"
                                .getBytes(StandardCharsets.UTF_8));
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .subject("alice")
                .audience("heartline")
                .claim("scope", "things:read")
                .expirationTime(Date.from(now.plusSeconds(300)))
                .build();
        SignedJWT withThePublicKey = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        withThePublicKey.sign(new MACSigner(ISSUER.pem().getBytes(StandardCharsets.UTF_8)));
        SignedJWT withItsBytes = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        withItsBytes.sign(new MACSigner(ISSUER.key().toRSAPublicKey().getEncoded()));
        return Stream.of(
                Named.of(
                        "another audience",
                        ISSUER.token(c -> c.subject("alice").audience("another").claim("scope", "things:read"))),
                Named.of("no audience", ISSUER.token(c -> c.subject("alice")
                        .audience((String) null)
                        .claim("scope", "things:read"))),
                Named.of("expired", ISSUER.expiring(now.minus(Duration.ofMinutes(1)), "alice", "things:read")),
                Named.of("never expires", ISSUER.token(c -> c.subject("alice")
                        .expirationTime(null)
                        .claim("scope", "things:read"))),
                Named.of("not yet", ISSUER.token(c -> c.subject("alice")
                        .notBeforeTime(Date.from(now.plusSeconds(60)))
                        .claim("scope", "things:read"))),
                Named.of("nobody's", ISSUER.token(c -> c.claim("scope", "things:read"))),
                Named.of(
                        "no access token",
                        ISSUER.token(header -> header.type(new JOSEObjectType("logout+jwt")), c -> c.subject("alice"))),
                Named.of("bound by DPoP", bound("jkt")),
                Named.of("bound to a certificate", bound("x5t#S256")),
                Named.of("bound to a key", bound("kid")),
                Named.of("alg none", new PlainJWT(claims).serialize()),
                Named.of("HS256 with the public key", withThePublicKey.serialize()),
                Named.of("HS256 with the public key's bytes", withItsBytes.serialize()),
                Named.of("another's key", new TestIssuer().token("alice", "things:read")),
                Named.of("other claims", parts[0] + '.' + admin + '.' + parts[2]),
                Named.of("no signature", parts[0] + '.' + parts[1] + '.'),
                Named.of("no token", "eyJhbGciOiJSUzI1NiJ9"),
                Named.of("no JSON", "YQ.YQ.YQ"),
                Named.of("not even base64", "~~~.~~~.~~~"));
    }

    private static String bound(String confirmation) {
        return ISSUER.token(c -> c.subject("alice")
                .claim("scope", "things:read")
                .claim("cnf", Map.of(confirmation, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void invalidToken_is401_andNothingIsEchoed(String token, CapturedOutput log) {
        var answer = ask("/things/alice", token)
                .expectStatus()
                .isUnauthorized()
                .expectBody(String.class)
                .returnResult();

        assertThat(answer.getResponseHeaders().getFirst("WWW-Authenticate"))
                .matches("Bearer error=\"invalid_token\", error_description=\"[^\"\\\\]+\"");
        assertThat(answer.getResponseHeaders().getContentType()).hasToString("application/problem+json");
        for (String part : token.split("\\.")) {
            if (part.length() > 8) {
                assertThat(answer.getResponseBody() + answer.getResponseHeaders() + log.getAll())
                        .doesNotContain(part);
            }
        }
    }

    @Test
    void expiryWithinClockSkew_isAccepted() {
        Instant now = Instant.now();

        ask("/things/alice", ISSUER.expiring(now.minusSeconds(10), "alice", "things:read"))
                .expectStatus()
                .isOk();
        ask("/things/alice", ISSUER.token(c -> c.subject("alice")
                        .notBeforeTime(Date.from(now.plusSeconds(10)))
                        .claim("scope", "things:read")))
                .expectStatus()
                .isOk();
    }

    @Test
    void tokenInUrl_isIgnored() {
        assertProblem(ask("/things/alice?access_token=" + ISSUER.token("alice", "things:read"), null), 401);
    }

    @Test
    void duplicateHeaderOrOtherScheme_isRefused() {
        HTTP.get()
                .uri("/things/alice")
                .header("Authorization", "Basic YWxpY2U6c2VjcmV0")
                .exchange()
                .expectStatus()
                .isUnauthorized();
        HTTP.get()
                .uri("/things/alice")
                .header("Authorization", "Bearer a b")
                .exchange()
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .value("WWW-Authenticate", value -> assertThat(value).contains("invalid_token"));
    }
}
