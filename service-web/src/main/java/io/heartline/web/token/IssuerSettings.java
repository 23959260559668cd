package io.heartline.web.token;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the keys of an issuer are fetched; each service's YAML documents each.
 *
 * @param refresh the time between two fetches; a key that the issuer withdraws is accepted for this long and one fetch
 * @param minInterval the shortest time between the end of a fetch and the next fetch. It applies if a token of an unknown key or
 *     a failed fetch brings the next fetch forward
 * @param timeout the longest time that a fetch takes
 * @param maxAge how long keys are used while the issuer does not answer, counted from the last fetch that succeeded
 */
@ConfigurationProperties("heartline.security.issuer")
record IssuerSettings(
        @DefaultValue("1m") Duration refresh,
        @DefaultValue("5s") Duration minInterval,
        @DefaultValue("5s") Duration timeout,
        @DefaultValue("50m") Duration maxAge) {

    IssuerSettings {
        requirePositive("refresh", refresh);
        requirePositive("min-interval", minInterval);
        requirePositive("timeout", timeout);
        if (maxAge.compareTo(refresh.plus(timeout)) < 0) {
            throw new IllegalArgumentException(
                    "heartline.security.issuer.max-age must be at least refresh and timeout together");
        }
    }

    private static void requirePositive(String key, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException("heartline.security.issuer." + key + " must be positive");
        }
    }
}
