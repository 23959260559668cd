package io.heartline.web.security;

import io.heartline.web.problem.ApiException;
import java.security.Principal;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.authorization.ReactiveAuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.security.web.server.authorization.AuthorizationContext;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * A rule by author. A scope permits the data of the token's own author, and the scope with {@code :any} at its end permits those of
 * all authors. As a rule for URLs it takes the author from {@code {authorId}} in the path.
 */
public final class AuthorAccess implements ReactiveAuthorizationManager<AuthorizationContext> {

    private final String scope;
    private final String anyAuthorScope;
    private final String authorClaim;
    private final boolean isOpenMode;

    /**
     * A rule for one scope.
     *
     * @param scope the scope, without {@code :any}
     * @param settings the settings of the service
     */
    public AuthorAccess(String scope, SecuritySettings settings) {
        this.scope = scope;
        this.anyAuthorScope = scope + ":any";
        this.authorClaim = settings.authorClaim();
        this.isOpenMode = settings.mode() == SecuritySettings.Mode.OPEN;
    }

    @Override
    public Mono<AuthorizationResult> authorize(Mono<Authentication> authentication, AuthorizationContext request) {
        Object author = request.getVariables().get("authorId");
        return authentication.map(token -> decide(token, request.getExchange(), isAuthorized(token, author)));
    }

    /**
     * Returns a rule for URLs that name authors in their query. The caller needs the right to the data of each. A query that names
     * none needs one of the scopes; the resource refuses it.
     *
     * @param parameter the name of the parameter, which can be given more than once
     * @return the rule
     */
    public ReactiveAuthorizationManager<AuthorizationContext> ofParameter(String parameter) {
        return (authentication, request) -> {
            List<String> authors =
                    request.getExchange().getRequest().getQueryParams().getOrDefault(parameter, List.of());
            return authentication.map(token -> decide(
                    token,
                    request.getExchange(),
                    (ScopeRule.hasScope(token, scope) || ScopeRule.hasScope(token, anyAuthorScope))
                            && authors.stream().allMatch(author -> isAuthorized(token, author))));
        };
    }

    private AuthorizationDecision decide(Authentication token, ServerWebExchange request, boolean isAuthorized) {
        AuthErrorHandler.rememberRequiredScope(request, requiredScope(token));
        return new AuthorizationDecision(isAuthorized);
    }

    /** Returns the scope that a refused caller lacks. A caller with the scope of its own author lacks the other scope. */
    private String requiredScope(Authentication token) {
        return ScopeRule.hasScope(token, scope) ? anyAuthorScope : scope;
    }

    /**
     * Requires that a caller may read the data of an author.
     *
     * @param token the caller's token, which was checked
     * @param author the id of the author
     * @throws ApiException the response with the status 403, if the caller may not
     */
    public void require(Authentication token, String author) {
        if (!isAuthorized(token, author)) {
            throw AuthErrorHandler.missingScope(requiredScope(token));
        }
    }

    /**
     * Requires that the caller may read the data of an author. Permits everything in open mode.
     *
     * @param author the id of the author
     * @return fails with an {@link AccessDeniedException} if the caller may not
     */
    public Mono<Void> require(String author) {
        return require(token -> isAuthorized(token, author));
    }

    /**
     * Requires that the caller may read the data of all authors. Permits everything in open mode.
     *
     * @return fails with an {@link AccessDeniedException} if the caller may not
     */
    public Mono<Void> requireAll() {
        return require(token -> ScopeRule.hasScope(token, anyAuthorScope));
    }

    /**
     * Returns whether the author is the caller's own, whatever scopes the caller has.
     *
     * @param caller null without a token, because there is no author then
     * @param author the id of the author
     * @return true if the author claim of the token names the author
     */
    public boolean isOwn(@Nullable Principal caller, String author) {
        return caller instanceof Authentication token && author.equals(authorClaimOf(token));
    }

    private Mono<Void> require(Predicate<Authentication> isAuthorized) {
        if (isOpenMode) {
            return Mono.empty();
        }
        return ReactiveSecurityContextHolder.getContext()
                .mapNotNull(SecurityContext::getAuthentication)
                .filter(isAuthorized)
                .switchIfEmpty(Mono.error(() -> new AccessDeniedException("The token does not open this.")))
                .then();
    }

    private boolean isAuthorized(Authentication token, Object author) {
        return ScopeRule.hasScope(token, anyAuthorScope)
                || ScopeRule.hasScope(token, scope) && author != null && author.equals(authorClaimOf(token));
    }

    private String authorClaimOf(Authentication token) {
        return token instanceof JwtAuthenticationToken jwt ? jwt.getToken().getClaimAsString(authorClaim) : null;
    }
}
