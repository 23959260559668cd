package io.heartline.gateway.http;

import io.heartline.gateway.stream.ForeignPositionException;
import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.gateway.stream.fanout.Fanout;
import io.heartline.gateway.stream.fanout.LikeStream;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.heartline.gateway.transport.EventLoops;
import io.heartline.gateway.transport.MessageHandler;
import io.heartline.gateway.transport.ServerSentEvents;
import io.heartline.gateway.transport.WebSocketStream;
import io.heartline.web.limit.ConcurrencyLimit;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The responses to requests for likes, with each way to read them. */
@Component
class LikesResponses {

    private final Fanout fanout;
    private final ConcurrencyLimit connectionLimit;
    private final ConcurrencyLimit followLimit;
    private final GatewayMetrics metrics;
    private final WebSocketService webSockets;
    private final ClientMessages messages;
    private final LongPolls longPolls;
    private final Duration heartbeat;
    private final Duration closeTimeout;
    private final boolean eventSourceRetry;

    LikesResponses(
            Fanout fanout,
            ConcurrencyLimit connectionLimit,
            ConcurrencyLimit followLimit,
            GatewayMetrics metrics,
            WebSocketService webSockets,
            ClientMessages messages,
            LongPolls longPolls,
            HttpSettings settings) {
        this.fanout = fanout;
        this.connectionLimit = connectionLimit;
        this.followLimit = followLimit;
        this.metrics = metrics;
        this.webSockets = webSockets;
        this.messages = messages;
        this.longPolls = longPolls;
        this.heartbeat = settings.heartbeat();
        this.closeTimeout = settings.closeTimeout();
        this.eventSourceRetry = settings.eventSourceRetry();
    }

    /**
     * Upgrades the request to a WebSocket.
     *
     * @param token the token of the handshake; null in the mode {@code open}
     */
    Mono<Void> webSocket(LikesRequest request, @Nullable Authentication token, ServerWebExchange exchange) {
        LikeStream stream = follow(request);
        ScheduledExecutorService loop = EventLoops.of(exchange.getRequest());
        ConnectionPermits permits = acquire(request);
        MessageHandler handler = messages.handler(stream, request, permits.follows(), token, loop);
        // after the handshake, the stream releases the permits when its connection is closed
        return webSockets
                .handleRequest(exchange, new WebSocketStream(stream, handler, closeTimeout, metrics, permits::release))
                .doOnError(e -> permits.release())
                .doOnCancel(permits::release);
    }

    Mono<Void> eventStream(LikesRequest request, ServerWebExchange exchange) {
        try {
            LikeStream stream = follow(request);
            if (isHead(exchange.getRequest())) {
                // the stream would never end, because HEAD has no body
                return ServerSentEvents.sendHead(exchange.getResponse());
            }
            ConnectionPermits permits = acquire(request);
            return ServerSentEvents.send(
                    exchange.getResponse(),
                    stream,
                    request.followRequest().namesAuthors(),
                    heartbeat.multipliedBy(2),
                    closeTimeout,
                    permits::release);
        } catch (StreamRefusedException e) {
            if (!eventSourceRetry || !e.isInstanceSpecific()) {
                throw e;
            }
            metrics.refused(e.reason());
            return ServerSentEvents.sendRetry(exchange.getResponse());
        }
    }

    /**
     * Answers a poll. The response comes as soon as the client has caught up. With {@code wait} it comes after the first frame with
     * events, or at the timeout, and the returned publisher is empty.
     */
    Mono<ResponseEntity<byte[]>> poll(LikesRequest request, ServerWebExchange exchange) {
        LikeStream stream = follow(request);
        if (isHead(exchange.getRequest())) {
            return Mono.just(json().build());
        }
        if (request.isLongPoll()) {
            HttpHeaders headers = exchange.getResponse().getHeaders();
            headers.setContentType(MediaType.APPLICATION_JSON);
            headers.setCacheControl(CacheControl.noStore());
            return longPolls.answer(stream, request, acquire(request), exchange).then(Mono.empty());
        }
        ScheduledExecutorService loop = EventLoops.of(exchange.getRequest());
        return Mono.using(
                        () -> acquire(request),
                        permits -> PollResponse.of(stream, request, loop),
                        ConnectionPermits::release)
                .map(body -> json().body(body));
    }

    private static ResponseEntity.BodyBuilder json() {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).cacheControl(CacheControl.noStore());
    }

    private static boolean isHead(ServerHttpRequest request) {
        return request.getMethod().equals(HttpMethod.HEAD);
    }

    private ConnectionPermits acquire(LikesRequest request) {
        return ConnectionPermits.acquire(request.followRequest(), connectionLimit, followLimit);
    }

    private LikeStream follow(LikesRequest request) {
        try {
            return fanout.follow(request.followRequest(), request.start());
        } catch (ForeignPositionException e) {
            throw MessageRefusals.foreignPosition();
        }
    }
}
