package io.heartline.web.limit;

import java.net.InetSocketAddress;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/** The name under which limits count a caller. */
public final class CallerName {

    private static final String UNKNOWN = "unknown";

    private CallerName() {}

    /**
     * Returns the token's subject, or without a token the {@link CallerAddress}.
     *
     * @param token the caller's token; null in open mode
     * @param request the request, whose address counts without a token
     * @return the name
     */
    public static String of(@Nullable Principal token, ServerHttpRequest request) {
        if (token instanceof JwtAuthenticationToken) {
            return token.getName();
        }
        InetSocketAddress address = request.getRemoteAddress();
        return address == null ? UNKNOWN : CallerAddress.of(address);
    }
}
