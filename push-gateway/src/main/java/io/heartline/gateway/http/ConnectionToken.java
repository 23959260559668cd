package io.heartline.gateway.http;

import io.heartline.web.problem.ApiException;
import io.heartline.web.security.AuthErrorHandler;
import io.heartline.web.security.AuthorAccess;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.BearerTokenErrors;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import reactor.core.publisher.Mono;

/** The token that is in force on a WebSocket. The client can replace it by a message. Confined to the channel's event loop. */
final class ConnectionToken {

    private final ReactiveAuthenticationManager tokens;
    private final AuthorAccess access;
    private final String subject;
    private @Nullable JwtAuthenticationToken
            rights; // null if the connection cannot add authors, because a token is large

    /**
     * Creates the token of a handshake.
     *
     * @param tokens checks tokens, as for a handshake
     * @param access the rule by which a token permits an author
     * @param current the token of the handshake
     * @param canAddAuthors whether {@link #require} can be called
     */
    ConnectionToken(
            ReactiveAuthenticationManager tokens,
            AuthorAccess access,
            JwtAuthenticationToken current,
            boolean canAddAuthors) {
        this.tokens = tokens;
        this.access = access;
        this.subject = current.getName();
        this.rights = canAddAuthors ? current : null;
    }

    /**
     * Requires that the token permits an author.
     *
     * @throws ApiException the response with the status 403, if it does not
     */
    void require(String author) {
        access.require(rights, author);
    }

    /**
     * Checks a token as in a handshake.
     *
     * @param text the token
     * @return the token, possibly on another thread; fails with an {@link ApiException}
     */
    Mono<JwtAuthenticationToken> check(String text) {
        return Mono.defer(() -> BearerTokenConverter.isWellFormed(text)
                        ? tokens.authenticate(new BearerTokenAuthenticationToken(text))
                        : Mono.error(new OAuth2AuthenticationException(
                                BearerTokenErrors.invalidToken("Bearer token is malformed"))))
                .cast(JwtAuthenticationToken.class)
                .onErrorMap(AuthenticationException.class, AuthErrorHandler::refusal);
    }

    /**
     * Replaces the token.
     *
     * @param next a token that was checked
     * @param authors the authors that the connection follows
     * @throws ApiException the response with the status 403, if the token is of another subject, or does not permit an author. The
     *     previous token stays in force
     */
    void replace(JwtAuthenticationToken next, Iterable<String> authors) {
        if (!next.getName().equals(subject)) {
            throw ApiException.of(HttpStatus.FORBIDDEN, "The token is of another subject than the connection's token.");
        }
        authors.forEach(author -> access.require(next, author));
        if (rights != null) {
            rights = next;
        }
    }
}
