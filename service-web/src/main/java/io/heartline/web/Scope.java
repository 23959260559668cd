package io.heartline.web;

import java.util.List;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.authorization.ReactiveAuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.server.authorization.AuthorizationContext;
import reactor.core.publisher.Mono;

/** A rule for URLs: open to tokens that have at least one of these scopes. */
public final class Scope implements ReactiveAuthorizationManager<AuthorizationContext> {

    private final List<String> anyOf;

    private Scope(List<String> anyOf) {
        this.anyOf = anyOf;
    }

    public static Scope anyOf(String... scopes) {
        return new Scope(List.of(scopes));
    }

    @Override
    public Mono<AuthorizationResult> authorize(Mono<Authentication> who, AuthorizationContext request) {
        Refusals.willTell(request.getExchange(), String.join(" ", anyOf));
        return who.map(token -> new AuthorizationDecision(anyOf.stream().anyMatch(scope -> isHeld(token, scope))));
    }

    static boolean isHeld(Authentication token, String scope) {
        String authority = "SCOPE_" + scope;
        return token.getAuthorities().stream().anyMatch(held -> authority.equals(held.getAuthority()));
    }
}
