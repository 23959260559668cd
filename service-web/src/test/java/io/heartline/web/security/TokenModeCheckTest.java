package io.heartline.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.web.TestIssuer;
import io.heartline.web.TestService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Tests that a service does not start if its settings are insufficient for checking tokens. */
@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class TokenModeCheckTest {

    private static final String JWT = "spring.security.oauth2.resourceserver.jwt.";
    private static final String KEYS = JWT + "jwk-set-uri=http://localhost:1/keys";

    private static void assertRefused(String named, String... settings) {
        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
                .isThrownBy(() -> TestService.start(settings))
                .withMessageContaining(named);
    }

    @Test
    void noKeySource_failsStartup() {
        assertRefused("issuer-uri", "heartline.security.mode=jwt");
    }

    @Test
    void severalAlgorithms_failStartup() {
        assertRefused("jws-algorithms", "heartline.security.mode=jwt", KEYS, JWT + "jws-algorithms=RS256,none");
    }

    @Test
    void noAudience_failsStartup() {
        assertRefused("audiences", "heartline.security.mode=jwt", KEYS, JWT + "audiences=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:/etc/heartline/keys.json", "keys.json", "ftp://localhost/keys", "https:///keys"})
    void keyUrlIsNotHttp_failsStartup(String uri) {
        assertRefused("jwk-set-uri", "heartline.security.mode=jwt", JWT + "jwk-set-uri=" + uri);
        assertRefused("issuer-uri", "heartline.security.mode=jwt", JWT + "issuer-uri=" + uri);
    }

    /** Without this check, the service would ignore one of the two settings, and the operator would not know which. */
    @ParameterizedTest
    @ValueSource(strings = {"jwk-set-uri", "issuer-uri"})
    void publicKeyAndKeyUrl_failStartupNamingBoth(String other, CapturedOutput log) {
        String[] settings = new TestIssuer().settings();
        String both = JWT + other + "=http://localhost:1/keys";

        assertThatExceptionOfType(MutuallyExclusiveConfigurationPropertiesException.class)
                .isThrownBy(() -> TestService.start(settings[0], settings[1], both))
                .withMessageContaining(JWT + "public-key-location")
                .withMessageContaining(JWT + other);
        assertThat(log.getAll())
                .contains("APPLICATION FAILED TO START", "mutually exclusive")
                .contains(JWT + "public-key-location", JWT + other)
                .doesNotContain("\tat ");
    }

    @Test
    void issuerWithJwkSetUri_starts() {
        try (TestService service =
                TestService.start("heartline.security.mode=jwt", KEYS, JWT + "issuer-uri=https://login.example")) {
            assertThat(service.port("server")).isPositive();
        }
    }
}
