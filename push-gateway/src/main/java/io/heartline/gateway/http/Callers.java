package io.heartline.gateway.http;

import io.heartline.gateway.stream.Caller;
import io.heartline.web.limit.CallerName;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/** Finds the name of a request's caller, and how long its token is valid. */
final class Callers {

    /** No connection lasts that long, and a long can have its nanoseconds. */
    private static final Duration MAX_EXPIRY = Duration.ofDays(365);

    private Callers() {}

    /** @param token null in the mode {@code open} */
    static Caller of(@Nullable Authentication token, ServerHttpRequest request, Instant now) {
        return new Caller(CallerName.of(token, request), expiresIn(token, now));
    }

    /**
     * Returns how long a token is valid.
     *
     * @param token null in the mode {@code open}
     * @return the time until it expires, negative after that; null if it does not expire
     */
    static @Nullable Duration expiresIn(@Nullable Authentication token, Instant now) {
        Instant expires =
                token instanceof JwtAuthenticationToken jwt ? jwt.getToken().getExpiresAt() : null;
        if (expires == null) {
            return null;
        }
        Duration left = Duration.between(now, expires);
        return left.compareTo(MAX_EXPIRY) < 0 ? left : MAX_EXPIRY;
    }
}
