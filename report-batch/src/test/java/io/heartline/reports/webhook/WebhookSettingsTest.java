package io.heartline.reports.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSettingsTest {

    private static final List<String> SECRET = List.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    private static WebhookSettings settings(@Nullable String url, Duration timeout, int requests) {
        return new WebhookSettings(url, SECRET, timeout, requests);
    }

    private static WebhookSettings withUrl(@Nullable String url) {
        return settings(url, Duration.ofSeconds(15), 8);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " "})
    void withoutUrl_thereIsNoWebhook_andNoSecretIsNeeded(@Nullable String url) {
        assertThat(new WebhookSettings(url, null, Duration.ofSeconds(15), 8).isEnabled())
                .isFalse();
    }

    @Test
    void urlWithoutSecret_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WebhookSettings("https://example.com", null, Duration.ofSeconds(15), 8))
                .withMessageStartingWith("heartline.reports.webhook.secret is not set, and a webhook needs it: whsec_");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost",
                "HTTPS://example.com:8443/hooks/a?token=b",
                "https://[2001:db8::1]:65535/",
                "http://a.internal:1/x%20y"
            })
    void absoluteHttpUrl_isAccepted(String url) {
        assertThat(withUrl(url).isEnabled()).isTrue();
        assertThat(withUrl(url).target().uri()).hasToString(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/hooks",
                "example.com/hooks",
                "ftp://example.com",
                "https://",
                "https:example.com",
                "https://host:0/",
                "https://host:65536/",
                "https://host:port/",
                "https://exa mple.com",
                "http://a_b:1 /",
                "file:///etc/passwd"
            })
    void otherUrl_isRefused_andNotShown(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> withUrl(url))
                .withMessage("heartline.reports.webhook.url must be an absolute URL, http or https, with a host")
                .withNoCause();
    }

    @Test
    void urlWithUserInfoOrFragment_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> withUrl("https://user:password@example.com/"))
                .withMessage("heartline.reports.webhook.url must have no user name and no password");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> withUrl("https://example.com/#part"))
                .withMessage("heartline.reports.webhook.url must have no fragment (#)");
    }

    @Test
    void timeout_hasLimits() {
        assertThat(settings(null, Duration.ofMillis(100), 8).timeout()).hasMillis(100);
        assertThat(settings(null, Duration.ofMinutes(5), 8).timeout()).hasMinutes(5);
        for (Duration timeout : List.of(Duration.ofMillis(99), Duration.ofMillis(300_001))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> settings(null, timeout, 8))
                    .withMessage("heartline.reports.webhook.timeout must be between 100ms and 5m");
        }
    }

    @Test
    void requests_haveLimits() {
        assertThat(settings(null, Duration.ofSeconds(1), 1).requests()).isOne();
        assertThat(settings(null, Duration.ofSeconds(1), 100).requests()).isEqualTo(100);
        for (int requests : List.of(0, 101)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> settings(null, Duration.ofSeconds(1), requests))
                    .withMessage("heartline.reports.webhook.requests must be between 1 and 100");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080/,false",
        "http://127.0.0.9/,false",
        "http://[::1]/,false",
        "https://192.0.2.1/,false",
        "http://192.0.2.1/,true",
        "http://missing.invalid/,true"
    })
    void httpBeyondLoopback_isReadableOnTheWay(String url, boolean expected) {
        assertThat(withUrl(url).target().isReadableOnTheWay()).isEqualTo(expected);
    }

    @Test
    void texts_haveNeitherSecretNorPathNorQuery() {
        WebhookSettings settings = withUrl("https://example.com:8443/hooks/path-token?token=query-token");

        assertThat(settings).hasToString("WebhookSettings");
        assertThat(settings.target().origin()).isEqualTo("https://example.com:8443");
    }
}
