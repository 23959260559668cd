package io.heartline.web.security;

import io.heartline.web.problem.ApiException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.server.resource.BearerTokenError;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.web.server.ServerAuthenticationEntryPoint;
import org.springframework.security.web.server.authorization.ServerAccessDeniedHandler;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedException;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedHandler;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Turns refusals of Spring Security into error responses with a body and a {@code WWW-Authenticate} by RFC 6750. Spring's own handlers
 * answer without a body. A response quotes nothing of a token.
 */
public final class AuthErrorHandler
        implements ServerAuthenticationEntryPoint, ServerAccessDeniedHandler, ServerExchangeRejectedHandler {

    private static final String REQUIRED_SCOPE = AuthErrorHandler.class.getName();

    /** Stores the scope that the response names if this request is refused. */
    static void rememberRequiredScope(ServerWebExchange exchange, String scope) {
        exchange.getAttributes().put(REQUIRED_SCOPE, scope);
    }

    @Override
    public Mono<Void> commence(ServerWebExchange exchange, AuthenticationException e) {
        return Mono.error(refusal(e));
    }

    /**
     * Returns the error response to a caller whose token was not accepted.
     *
     * @param e the failure of the check, or of the search for a token
     * @return an error with the status 401, 503 if the token cannot be checked now, or 400
     */
    public static ApiException refusal(AuthenticationException e) {
        if (e instanceof AuthenticationServiceException) {
            KeysUnavailableException unavailable = unavailable(e);
            return refusal(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    unavailable.getMessage() + " Retry.",
                    HttpHeaders.RETRY_AFTER,
                    String.valueOf(unavailable.retryAfterSeconds()),
                    e);
        }
        if (e instanceof OAuth2AuthenticationException tokenError) {
            String description = describe(tokenError);
            String code = tokenError.getError().getErrorCode();
            HttpStatus status = tokenError.getError() instanceof BearerTokenError error
                    ? error.getHttpStatus()
                    : HttpStatus.UNAUTHORIZED;
            return refusal(status, description + '.', HttpHeaders.WWW_AUTHENTICATE, challenge(code, description), null);
        }
        return refusal(
                HttpStatus.UNAUTHORIZED, "A bearer token is needed.", HttpHeaders.WWW_AUTHENTICATE, "Bearer", null);
    }

    private static KeysUnavailableException unavailable(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof KeysUnavailableException unavailable) {
                return unavailable;
            }
        }
        return new KeysUnavailableException("The token cannot be checked at the moment.", 5);
    }

    /** Returns Spring's text if it is about a claim or the header. Its text about an unreadable token may quote the token. */
    private static String describe(OAuth2AuthenticationException e) {
        boolean mayQuoteToken =
                e instanceof InvalidBearerTokenException && !(e.getCause() instanceof JwtValidationException);
        return mayQuoteToken ? "The token is not valid" : e.getError().getDescription();
    }

    private static String challenge(String code, String description) {
        return "Bearer error=\"" + code + "\", error_description=\"" + description + '"';
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, AccessDeniedException denied) {
        return Mono.error(missingScope(exchange.getAttribute(REQUIRED_SCOPE)));
    }

    /** @param scope the scope that the caller lacks; null if no scope suffices */
    static ApiException missingScope(@Nullable String scope) {
        String description = scope == null ? "No token opens this" : "The token has not the scope that opens this";
        return refusal(
                HttpStatus.FORBIDDEN,
                scope == null ? description + '.' : description + ": " + scope + '.',
                HttpHeaders.WWW_AUTHENTICATE,
                challenge("insufficient_scope", description) + (scope == null ? "" : ", scope=\"" + scope + '"'),
                null);
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, ServerExchangeRejectedException malformed) {
        return Mono.error(
                ApiException.of(HttpStatus.BAD_REQUEST, "The URL or a header has characters that are of no use here."));
    }

    private static ApiException refusal(
            HttpStatus status, String detail, String header, String value, @Nullable Throwable cause) {
        ApiException refusal = ApiException.of(status, detail, cause);
        refusal.getHeaders().set(header, value);
        return refusal;
    }
}
