package io.heartline.gateway.stream;

import io.heartline.web.limit.CallerName;
import java.time.Duration;
import java.time.Instant;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/**
 * Who asks.
 *
 * @param name whose share of what is limited this takes from: a token's subject, or without tokens an address
 * @param expiresIn how long he may listen; null for as long as he likes
 */
public record Caller(String name, Duration expiresIn) {

    /** No connection lives that long, and its nanoseconds can be counted. */
    private static final Duration MAX_EXPIRY = Duration.ofDays(365);

    /** @param token null in an open gateway */
    public static Caller of(Authentication token, ServerHttpRequest request, Instant now) {
        String name = CallerName.of(token, request);
        Instant expires =
                token instanceof JwtAuthenticationToken jwt ? jwt.getToken().getExpiresAt() : null;
        return new Caller(name, expires == null ? null : min(Duration.between(now, expires), MAX_EXPIRY));
    }

    public static Caller named(String name) {
        return new Caller(name, null);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
