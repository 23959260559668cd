package io.heartline.gateway.http;

import io.heartline.web.request.UrlTokens;
import io.heartline.web.token.BearerHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.BearerTokenErrors;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.web.server.authentication.ServerAuthenticationConverter;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Finds a request's bearer token. It can be in {@code Authorization}, or among the subprotocols that a WebSocket offers,
 * {@code heartline.v1, bearer.<token>}, because a page cannot set headers of a browser's WebSocket. If the setting allows it, the
 * token can also be a URL parameter, for EventSource.
 */
final class BearerTokenConverter implements ServerAuthenticationConverter {

    private static final String PREFIX = "bearer.";
    private static final Pattern TOKEN_SYNTAX =
            Pattern.compile("[A-Za-z0-9._~+/-]+=*"); // b64token of RFC 6750, as in Authorization

    private final ServerAuthenticationConverter standard = new BearerHeader();
    private final boolean isParameterAllowed;

    /**
     * Creates a converter.
     *
     * @param isParameterAllowed whether the token can be the URL parameter {@code access_token}; proxies may log URLs
     */
    BearerTokenConverter(boolean isParameterAllowed) {
        this.isParameterAllowed = isParameterAllowed;
    }

    @Override
    public Mono<Authentication> convert(ServerWebExchange exchange) {
        List<String> tokens = tokensBesideHeader(exchange.getRequest());
        if (tokens.isEmpty()) {
            return standard.convert(exchange);
        }
        if (tokens.size() > 1) {
            return invalidRequest("Found multiple bearer tokens in the request");
        }
        if (!isWellFormed(tokens.get(0))) {
            return Mono.error(
                    new OAuth2AuthenticationException(BearerTokenErrors.invalidToken("Bearer token is malformed")));
        }
        return standard.convert(exchange)
                .flatMap(other -> invalidRequest("Found multiple bearer tokens in the request"))
                .switchIfEmpty(Mono.fromSupplier(() -> new BearerTokenAuthenticationToken(tokens.get(0))));
    }

    /** Returns whether a text has the form of a bearer token. */
    static boolean isWellFormed(String token) {
        return TOKEN_SYNTAX.matcher(token).matches();
    }

    /** Returns all tokens except the one in {@code Authorization}. */
    private List<String> tokensBesideHeader(ServerHttpRequest request) {
        List<String> tokens = new ArrayList<>(subprotocols(request));
        if (isParameterAllowed && request.getMethod().equals(HttpMethod.GET)) {
            tokens.addAll(UrlTokens.of(request));
        }
        return tokens;
    }

    private static List<String> subprotocols(ServerHttpRequest request) {
        return request.getHeaders().getOrEmpty("Sec-WebSocket-Protocol").stream()
                .flatMap(list -> Stream.of(list.split(",")))
                .map(String::strip)
                .filter(protocol -> protocol.startsWith(PREFIX) && protocol.length() > PREFIX.length())
                .map(protocol -> protocol.substring(PREFIX.length()))
                .toList();
    }

    private static Mono<Authentication> invalidRequest(String reason) {
        return Mono.error(new OAuth2AuthenticationException(BearerTokenErrors.invalidRequest(reason)));
    }
}
