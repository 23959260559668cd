package io.heartline.web.token;

import org.springframework.http.HttpHeaders;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.web.server.authentication.ServerBearerTokenAuthenticationConverter;
import org.springframework.security.web.server.authentication.ServerAuthenticationConverter;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Finds a request's token in {@code Authorization}. A header in the usual form is recognized by a loop. Spring Security's
 * converter, which decides about all others, applies a regular expression, twice for each request.
 */
public final class BearerHeader implements ServerAuthenticationConverter {

    private static final String SCHEME = "Bearer ";

    private final ServerAuthenticationConverter fallback = new ServerBearerTokenAuthenticationConverter();

    @Override
    public Mono<Authentication> convert(ServerWebExchange exchange) {
        return Mono.defer(() -> {
            String header = exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
            return isCanonical(header)
                    ? Mono.just(new BearerTokenAuthenticationToken(header.substring(SCHEME.length())))
                    : fallback.convert(exchange);
        });
    }

    private static boolean isCanonical(String header) {
        if (header == null || !header.startsWith(SCHEME) || header.length() == SCHEME.length()) {
            return false;
        }
        for (int i = SCHEME.length(); i < header.length(); i++) {
            char c = header.charAt(i);
            boolean isAllowed = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '-'
                    || c == '_'
                    || c == '.';
            if (!isAllowed) {
                return false;
            }
        }
        return true;
    }
}
