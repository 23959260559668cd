package io.heartline.web.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.heartline.web.IssuerServer;
import io.heartline.web.TestIssuer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that an issuer's keys are fetched by HTTP, and only from permitted URLs. */
class JwkSetClientTest {

    private static final TestIssuer TOKENS = new TestIssuer();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String METADATA = "/.well-known/openid-configuration";

    private final IssuerServer issuer = new IssuerServer().publish(TOKENS);

    @AfterEach
    void stop() {
        issuer.close();
    }

    private static List<JWK> fetch(JwkSetClient published) {
        try (published) {
            return published.fetch().block().getKeys();
        }
    }

    private static String metadata(String issuer, String keysUri) {
        return JSONObjectUtils.toJSONString(Map.of("issuer", issuer, "jwks_uri", keysUri));
    }

    @Test
    void keysAreFetchedFromTheirAddress() {
        assertThat(fetch(JwkSetClient.forJwkSetUri(issuer.keysUri(), TIMEOUT)))
                .containsExactly(TOKENS.key().toPublicJWK());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/"})
    void issuer_keysAreFetchedFromTheJwksUriOfItsMetadata(String end) {
        issuer.publish(METADATA, metadata(issuer.name() + end, issuer.keysUri()));

        assertThat(fetch(JwkSetClient.forIssuer(issuer.name() + end, TIMEOUT)))
                .containsExactly(TOKENS.key().toPublicJWK());
    }

    @Test
    void metadataOfAnotherIssuer_areRefused() {
        issuer.publish(METADATA, metadata("https://evil.example", issuer.keysUri()));

        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> fetch(JwkSetClient.forIssuer(issuer.name(), TIMEOUT)))
                .withMessageContaining("another issuer");
    }

    @Test
    void metadataWithFileUri_areRefused() {
        issuer.publish(METADATA, metadata(issuer.name(), "file:///keys.json"));

        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> fetch(JwkSetClient.forIssuer(issuer.name(), TIMEOUT)))
                .withMessageContaining("jwks_uri");
    }

    @ParameterizedTest
    @CsvSource({
        "https://login.example, https://login.example/keys",
        "https://login.example, HTTPS://keys.example/",
        "http://login.example, http://keys.example/",
        "http://login.example, https://keys.example/"
    })
    void jwksUri_mayBeHttps_orHaveTheIssuersScheme(String name, String keysUri) {
        assertThat(JwkSetClient.jwkSetUri(name, metadata(name, keysUri))).isEqualTo(keysUri);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://login.example/keys",
                "file:///etc/heartline/keys.json",
                "file://keys.json",
                "jar:file:/app.jar!/keys.json",
                "ftp://login.example/keys",
                "/keys",
                "//login.example/keys",
                "https//login.example keys",
                ""
            })
    void otherJwksUri_isRefused(String keysUri) {
        String name = "https://login.example";

        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> JwkSetClient.jwkSetUri(name, metadata(name, keysUri)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"issuer\":\"https://login.example\"}", "{", "[]", "null", ""})
    void metadataWithoutJwksUri_areRefused(String metadata) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> JwkSetClient.jwkSetUri("https://login.example", metadata));
    }

    @Test
    void redirect_isFollowed() {
        issuer.redirect("/moved", "/keys");

        assertThat(fetch(JwkSetClient.forJwkSetUri(issuer.name() + "/moved", TIMEOUT)))
                .hasSize(1);
    }

    @Test
    void redirectToFile_isNotFollowed() {
        issuer.redirect("/moved", "file:///keys.json");

        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> fetch(JwkSetClient.forJwkSetUri(issuer.name() + "/moved", TIMEOUT)));
    }

    @Test
    void redirectLoop_fails() {
        issuer.redirect("/moved", "/moved");

        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> fetch(JwkSetClient.forJwkSetUri(issuer.name() + "/moved", TIMEOUT)));
    }

    @Test
    void setOverTheSizeLimit_isRefused() {
        issuer.publish("/keys", "{\"keys\":[],\"x\":\"" + "x".repeat(256 * 1024) + "\"}");

        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> fetch(JwkSetClient.forJwkSetUri(issuer.keysUri(), TIMEOUT)))
                .withStackTraceContaining("262144");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "<html>", "{\"keys\":3}"})
    void malformedSet_isRefused(String document) {
        issuer.publish("/keys", document).publish(METADATA, document);

        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> fetch(JwkSetClient.forJwkSetUri(issuer.keysUri(), TIMEOUT)));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> fetch(JwkSetClient.forIssuer(issuer.name(), TIMEOUT)));
    }

    @ParameterizedTest
    @EnumSource
    void fault_isAnErrorWithinTheTimeout(IssuerServer.Fault fault) {
        issuer.startFault(fault);

        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> fetch(JwkSetClient.forJwkSetUri(issuer.keysUri(), Duration.ofMillis(500))));
    }
}
