package io.heartline.web.security;

import java.util.List;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.core.env.Environment;

/** Checks the settings that are needed to verify tokens, before the server listens rather than with the first token. */
final class TokenModeCheck {

    static final String JWT = "spring.security.oauth2.resourceserver.jwt.";

    private static final String PUBLIC_KEY = "public-key-location";
    private static final List<String> URLS = List.of("issuer-uri", "jwk-set-uri");
    private static final List<String> KEYS = List.of("issuer-uri", "jwk-set-uri", PUBLIC_KEY);

    private static final Pattern HTTP = Pattern.compile("(?i)https?://[^/\\s]\\S*");

    private TokenModeCheck() {}

    static void check(Environment environment) {
        if (KEYS.stream().noneMatch(key -> isSet(environment, JWT + key))) {
            throw new InvalidConfigurationPropertyValueException(
                    "heartline.security.mode",
                    "jwt",
                    "There are no keys to check tokens with: set one of " + JWT + String.join(", " + JWT, KEYS) + '.');
        }
        for (String url : URLS) {
            requireSingleKeySource(environment, url);
            requireUrl(environment, url);
        }
        if (list(environment, "audiences").isEmpty()) {
            throw new InvalidConfigurationPropertyValueException(
                    JWT + "audiences",
                    "",
                    "Tokens that were issued for another service would open this one: set the audience of this service.");
        }
        List<String> algorithms = list(environment, "jws-algorithms");
        if (algorithms.size() > 1) {
            throw new InvalidConfigurationPropertyValueException(
                    JWT + "jws-algorithms",
                    String.join(",", algorithms),
                    "Tokens are signed with one of them: set only that one.");
        }
    }

    /** With a public key and an address of others, one of the two would be ignored. */
    private static void requireSingleKeySource(Environment environment, String url) {
        List<String> both = List.of(JWT + PUBLIC_KEY, JWT + url);
        if (both.stream().allMatch(key -> isSet(environment, key))) {
            throw new MutuallyExclusiveConfigurationPropertiesException(both, both);
        }
    }

    private static void requireUrl(Environment environment, String key) {
        String value = environment.getProperty(JWT + key);
        if (isSet(environment, JWT + key) && !HTTP.matcher(value).matches()) {
            throw new InvalidConfigurationPropertyValueException(
                    JWT + key, value, "Keys are fetched by HTTP: set an https or http URL.");
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
