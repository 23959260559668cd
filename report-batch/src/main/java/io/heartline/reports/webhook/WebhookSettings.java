package io.heartline.reports.webhook;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/**
 * Settings of the webhook; {@code report-batch.yml} documents each. Messages never contain a secret.
 *
 * @param url where messages are sent; null or blank for no webhook
 * @param secret the secrets, each as {@link Signer} takes it; an entry may have several, separated by spaces; null for none
 * @param timeout for one request, from the connection to the end of the response
 * @param requests the maximum number of concurrent requests
 */
@ConfigurationProperties("heartline.reports.webhook")
public record WebhookSettings(
        @Nullable String url,
        @Nullable List<String> secret,
        @DefaultValue("15s") Duration timeout,
        @DefaultValue("8") int requests) {

    private static final String PREFIX = "heartline.reports.webhook.";
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(100);
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(5);
    private static final int MAX_REQUESTS = 100;

    /**
     * Checks the settings.
     *
     * @param url where messages are sent
     * @param secret the secrets
     * @param timeout for one request
     * @param requests the maximum number of concurrent requests
     * @throws IllegalArgumentException if a setting cannot be used, or a URL has no secret
     */
    public WebhookSettings {
        if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException(PREFIX + "timeout must be between 100ms and 5m");
        }
        if (requests < 1 || requests > MAX_REQUESTS) {
            throw new IllegalArgumentException(PREFIX + "requests must be between 1 and " + MAX_REQUESTS);
        }
        if (StringUtils.hasText(url)) {
            WebhookUrl.parse(PREFIX + "url", url);
            signer(secret);
        }
    }

    /** Returns whether there is a webhook. */
    boolean isEnabled() {
        return StringUtils.hasText(url);
    }

    /** Returns the URL. Must only be called if there is a webhook. */
    WebhookUrl target() {
        return WebhookUrl.parse(PREFIX + "url", url);
    }

    /** Returns what signs messages. Must only be called if there is a webhook. */
    Signer signer() {
        return signer(secret);
    }

    private static Signer signer(@Nullable List<String> secret) {
        return Signer.parse(PREFIX + "secret", secret == null ? List.of() : secret);
    }

    @Override
    public String toString() {
        return "WebhookSettings";
    }
}
