package io.heartline.web;

import java.util.List;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

/** What has to be known to check a token, said before anything listens rather than with the first token that comes. */
final class TokenMode {

    static final String JWT = "spring.security.oauth2.resourceserver.jwt.";

    private static final List<String> KEYS = List.of("issuer-uri", "jwk-set-uri", "public-key-location");

    private TokenMode() {}

    static void check(Environment environment) {
        if (KEYS.stream().noneMatch(key -> isSet(environment, JWT + key))) {
            throw new InvalidConfigurationPropertyValueException(
                    "heartline.security.mode",
                    "jwt",
                    "There are no keys to check tokens with: set one of " + JWT + String.join(", " + JWT, KEYS) + '.');
        }
        if (list(environment, "audiences").isEmpty()) {
            throw new InvalidConfigurationPropertyValueException(
                    JWT + "audiences",
                    "",
                    "Tokens that were issued for another service would open this one: say how tokens name it.");
        }
        List<String> algorithms = list(environment, "jws-algorithms");
        if (algorithms.size() > 1) {
            throw new InvalidConfigurationPropertyValueException(
                    JWT + "jws-algorithms",
                    String.join(",", algorithms),
                    "Tokens are signed with one of them: say which.");
        }
    }

    private static List<String> list(Environment environment, String key) {
        return Binder.get(environment)
                .bind(JWT + key, Bindable.listOf(String.class))
                .orElse(List.of());
    }

    private static boolean isSet(Environment environment, String key) {
        String value = environment.getProperty(key);
        return value != null && !value.isBlank();
    }
}
