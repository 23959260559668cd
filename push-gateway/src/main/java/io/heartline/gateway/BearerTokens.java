package io.heartline.gateway;

import io.heartline.web.BearerHeader;
import io.heartline.web.UrlTokens;
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
 * Where a token may be: in {@code Authorization}, or, as a browser's WebSocket can send no header of a page's choosing, among the
 * subprotocols it offers, {@code heartline.v1, bearer.<token>}. As a parameter only if that is switched on, for EventSource.
 */
final class BearerTokens implements ServerAuthenticationConverter {

    private static final String PREFIX = "bearer.";
    private static final Pattern FORM =
            Pattern.compile("[A-Za-z0-9._~+/-]+=*"); // RFC 6750's b64token, as in Authorization

    private final ServerAuthenticationConverter standard = new BearerHeader();
    private final boolean isParameterAllowed;

    /** @param isParameterAllowed whether {@code access_token} is looked at, which others may log along with the URL */
    BearerTokens(boolean isParameterAllowed) {
        this.isParameterAllowed = isParameterAllowed;
    }

    @Override
    public Mono<Authentication> convert(ServerWebExchange exchange) {
        List<String> offered = offered(exchange.getRequest());
        if (offered.isEmpty()) {
            return standard.convert(exchange);
        }
        if (offered.size() > 1) {
            return refused("Found multiple bearer tokens in the request");
        }
        if (!FORM.matcher(offered.get(0)).matches()) {
            return Mono.error(
                    new OAuth2AuthenticationException(BearerTokenErrors.invalidToken("Bearer token is malformed")));
        }
        return standard.convert(exchange)
                .flatMap(other -> refused("Found multiple bearer tokens in the request"))
                .switchIfEmpty(Mono.fromSupplier(() -> new BearerTokenAuthenticationToken(offered.get(0))));
    }

    /** Returns all tokens but that of {@code Authorization}. */
    private List<String> offered(ServerHttpRequest request) {
        List<String> offered = new ArrayList<>(subprotocols(request));
        if (isParameterAllowed && request.getMethod().equals(HttpMethod.GET)) {
            offered.addAll(UrlTokens.of(request));
        }
        return offered;
    }

    private static List<String> subprotocols(ServerHttpRequest request) {
        return request.getHeaders().getOrEmpty("Sec-WebSocket-Protocol").stream()
                .flatMap(list -> Stream.of(list.split(",")))
                .map(String::strip)
                .filter(protocol -> protocol.startsWith(PREFIX) && protocol.length() > PREFIX.length())
                .map(protocol -> protocol.substring(PREFIX.length()))
                .toList();
    }

    private static Mono<Authentication> refused(String why) {
        return Mono.error(new OAuth2AuthenticationException(BearerTokenErrors.invalidRequest(why)));
    }
}
