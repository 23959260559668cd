package io.heartline.gateway.http;

import io.heartline.gateway.stream.Caller;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.core.Authentication;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The likes of one author, and of several authors, in four ways: WebSocket, server-sent events, long poll, poll. */
@RestController
class LikesController {

    /** The likes of the author in the path. */
    static final String ONE_AUTHOR = "/v1/authors/{authorId}/likes";

    /** The likes of the authors in the query. */
    static final String SEVERAL_AUTHORS = "/v1/likes";

    private final LikesResponses responses;

    LikesController(LikesResponses responses) {
        this.responses = responses;
    }

    // the header is for a WebSocket: NonWebSocketUpgradeFilter removes any other Upgrade
    @GetMapping(
            path = {ONE_AUTHOR, SEVERAL_AUTHORS},
            headers = "Upgrade")
    Mono<Void> webSocket(
            @PathVariable(required = false) @Nullable String authorId,
            @RequestParam MultiValueMap<String, String> query,
            @Nullable Authentication token,
            ServerWebExchange exchange) {
        Caller caller = caller(token, exchange.getRequest());
        return responses.webSocket(request(authorId, query, null, caller), token, exchange);
    }

    @GetMapping(
            path = {ONE_AUTHOR, SEVERAL_AUTHORS},
            produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Mono<Void> eventStream(
            @PathVariable(required = false) @Nullable String authorId,
            @RequestParam MultiValueMap<String, String> query,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
            @Nullable Authentication token,
            ServerWebExchange exchange) {
        Caller caller = caller(token, exchange.getRequest());
        return responses.eventStream(request(authorId, query, lastEventId, caller), exchange);
    }

    /** Answers a request that neither is a WebSocket handshake nor accepts server-sent events. */
    @GetMapping(path = {ONE_AUTHOR, SEVERAL_AUTHORS})
    Mono<ResponseEntity<byte[]>> poll(
            @PathVariable(required = false) @Nullable String authorId,
            @RequestParam MultiValueMap<String, String> query,
            @Nullable Authentication token,
            ServerWebExchange exchange) {
        // without the token's expiry: a poll is answered within 30 s, so it may outlive the token
        Caller caller = Caller.named(caller(token, exchange.getRequest()).name());
        return responses.poll(request(authorId, query, null, caller).forPoll(), exchange);
    }

    private static LikesRequest request(
            @Nullable String authorId,
            MultiValueMap<String, String> query,
            @Nullable String lastEventId,
            Caller caller) {
        return authorId == null
                ? LikesRequest.ofSeveralAuthors(query, lastEventId, caller)
                : LikesRequest.ofOneAuthor(authorId, query, lastEventId, caller);
    }

    private static Caller caller(@Nullable Authentication token, ServerHttpRequest request) {
        return Callers.of(token, request, Instant.now());
    }
}
