package io.heartline.gateway.http;

import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.ForeignPositionException;
import io.heartline.gateway.stream.FrameStream;
import io.heartline.gateway.stream.GatewayMetrics;
import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.gateway.stream.fanout.Fanout;
import io.heartline.gateway.transport.EventLoops;
import io.heartline.gateway.transport.ServerSentEvents;
import io.heartline.gateway.transport.WebSocketStream;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.limit.ConcurrencyLimit.Permit;
import io.heartline.web.problem.InvalidParameterException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.core.Authentication;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Serves one author's likes in four ways: WebSocket, server-sent events, long poll, poll. */
@RestController
class LikesController {

    static final String PATH = "/v1/authors/{authorId}/likes";

    private final Fanout fanout;
    private final ConcurrencyLimit connectionLimit;
    private final GatewayMetrics metrics;
    private final WebSocketService webSockets;
    private final Duration heartbeat;
    private final Duration closeTimeout;
    private final boolean eventSourceRetry;

    LikesController(
            Fanout fanout,
            ConcurrencyLimit connectionLimit,
            GatewayMetrics metrics,
            WebSocketService webSockets,
            HttpSettings settings) {
        this.fanout = fanout;
        this.connectionLimit = connectionLimit;
        this.metrics = metrics;
        this.webSockets = webSockets;
        this.heartbeat = settings.heartbeat();
        this.closeTimeout = settings.closeTimeout();
        this.eventSourceRetry = settings.eventSourceRetry();
    }

    // the header is for a WebSocket: NonWebSocketUpgradeFilter removes any other Upgrade
    @GetMapping(path = PATH, headers = "Upgrade")
    Mono<Void> webSocket(
            @PathVariable String authorId,
            @RequestParam MultiValueMap<String, String> query,
            Authentication token,
            ServerWebExchange exchange) {
        Caller caller = caller(token, exchange.getRequest());
        FrameStream frames = follow(LikesRequest.of(authorId, query, null, caller));
        Permit permit = connectionLimit.acquire(caller.name());
        // after a complete handshake, the stream releases the permit when its connection is closed
        return webSockets
                .handleRequest(exchange, new WebSocketStream(frames, closeTimeout, metrics, permit::release))
                .doOnError(e -> permit.release())
                .doOnCancel(permit::release);
    }

    @GetMapping(path = PATH, produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Mono<Void> eventStream(
            @PathVariable String authorId,
            @RequestParam MultiValueMap<String, String> query,
            @RequestHeader(name = "Last-Event-ID", required = false) String lastEventId,
            Authentication token,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        Caller caller = caller(token, request);
        LikesRequest likesRequest = LikesRequest.of(authorId, query, lastEventId, caller);
        try {
            FrameStream frames = follow(likesRequest);
            if (isHead(request)) {
                return ServerSentEvents.sendHead(response); // the stream would never end, because HEAD has no body
            }
            Permit permit = connectionLimit.acquire(caller.name());
            return ServerSentEvents.send(response, frames, heartbeat.multipliedBy(2), closeTimeout, permit::release);
        } catch (StreamRefusedException e) {
            if (!eventSourceRetry || !e.isInstanceSpecific()) {
                throw e;
            }
            metrics.refused(e.reason());
            return ServerSentEvents.sendRetry(response);
        }
    }

    /**
     * Answers a poll, which is a request that neither is a WebSocket handshake nor accepts server-sent events. The response comes as
     * soon as the client has caught up. With {@code wait} it comes after the first frame, or at the timeout.
     */
    @GetMapping(path = PATH)
    Mono<ResponseEntity<byte[]>> poll(
            @PathVariable String authorId,
            @RequestParam MultiValueMap<String, String> query,
            Authentication token,
            ServerHttpRequest http) {
        // without the token's expiry: a poll is answered within 30 s, so it may outlive the token
        Caller caller = Caller.named(caller(token, http).name());
        LikesRequest request = LikesRequest.of(authorId, query, null, caller).forPoll();
        FrameStream frames = follow(request);
        if (isHead(http)) {
            return Mono.just(ResponseEntity.ok()
                    .contentType(MediaType.APPLICATION_JSON)
                    .cacheControl(CacheControl.noStore())
                    .build());
        }
        ScheduledExecutorService loop = EventLoops.of(http);
        return Mono.using(
                        () -> connectionLimit.acquire(caller.name()),
                        permit -> PollResponse.of(frames, request, loop),
                        Permit::release)
                .map(body -> ResponseEntity.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .cacheControl(CacheControl.noStore())
                        .body(body));
    }

    private static boolean isHead(ServerHttpRequest request) {
        return request.getMethod().equals(HttpMethod.HEAD);
    }

    private static Caller caller(Authentication token, ServerHttpRequest request) {
        return Callers.of(token, request, Instant.now());
    }

    private FrameStream follow(LikesRequest request) {
        try {
            return fanout.follow(request.followRequest(), request.after());
        } catch (ForeignPositionException e) {
            throw new InvalidParameterException("after", "must be a position of this author's own stream");
        }
    }
}
