package io.heartline.web.security;

import java.util.List;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.authorization.ReactiveAuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.server.authorization.AuthorizationContext;
import reactor.core.publisher.Mono;

/** A rule for URLs that permits tokens with at least one of some scopes. */
public final class ScopeRule implements ReactiveAuthorizationManager<AuthorizationContext> {

    private final List<String> anyOf;

    private ScopeRule(List<String> anyOf) {
        this.anyOf = anyOf;
    }

    /**
     * Returns a rule.
     *
     * @param scopes the scopes, of which a token needs one
     * @return the rule
     */
    public static ScopeRule anyOf(String... scopes) {
        return new ScopeRule(List.of(scopes));
    }

    @Override
    public Mono<AuthorizationResult> authorize(Mono<Authentication> authentication, AuthorizationContext request) {
        AuthErrorHandler.rememberRequiredScope(request.getExchange(), String.join(" ", anyOf));
        return authentication.map(
                token -> new AuthorizationDecision(anyOf.stream().anyMatch(scope -> hasScope(token, scope))));
    }

    static boolean hasScope(Authentication token, String scope) {
        String authority = "SCOPE_" + scope;
        return token.getAuthorities().stream().anyMatch(granted -> authority.equals(granted.getAuthority()));
    }
}
