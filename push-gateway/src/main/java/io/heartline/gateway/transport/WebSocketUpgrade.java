package io.heartline.gateway.transport;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.server.RequestUpgradeStrategy;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.util.context.Context;

/**
 * Hands a handshake to Reactor Netty. Spring has checked the method and that {@code Upgrade}, {@code Connection} and the key are
 * there; the rest of RFC 6455, 4.2.1, is checked here.
 */
final class WebSocketUpgrade implements RequestUpgradeStrategy {

    private static final String SUBPROTOCOL = "heartline.v1";
    private static final String VERSION = "13";
    private static final String VERSION_HEADER = "Sec-WebSocket-Version";
    private static final String KEY_HEADER = "Sec-WebSocket-Key";
    private static final String PROTOCOL_HEADER = "Sec-WebSocket-Protocol";
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{22}=="); // 16 bytes in base64

    @Override
    public Mono<Void> upgrade(
            ServerWebExchange exchange,
            WebSocketHandler handler,
            String subProtocol,
            Supplier<HandshakeInfo> handshake) {
        HttpServerResponse response = ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse());
        HttpHeaders headers = exchange.getRequest().getHeaders();
        if (response.version().equals(HttpVersion.HTTP_1_0)) {
            return Mono.error(malformed("A WebSocket handshake needs HTTP/1.1.")); // a proxy's, for example
        }
        if (!headers.getOrEmpty(VERSION_HEADER).equals(List.of(VERSION))) {
            return Mono.error(unsupportedVersion());
        }
        List<String> keys = headers.getOrEmpty(KEY_HEADER);
        if (keys.size() != 1 || !KEY.matcher(keys.get(0)).matches()) {
            return Mono.error(malformed(KEY_HEADER + " must be 16 bytes in base64, given once."));
        }
        WebsocketServerSpec.Builder spec = WebsocketServerSpec.builder()
                .handlePing(true); // or each ping would be answered, whether or not anything is read
        if (isOffered(headers.getOrEmpty(PROTOCOL_HEADER))) {
            // Netty looks at the first header alone, and would leave the client unserved if another offers it
            HttpServerRequest request = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
            request.requestHeaders().set(PROTOCOL_HEADER, SUBPROTOCOL);
            spec.protocols(SUBPROTOCOL); // a browser wants it confirmed
        }
        // whatever is to happen before a response is committed happens before the upgrade
        return exchange.getResponse()
                .setComplete()
                .then(Mono.defer(() -> serve(response, (WebSocketStream) handler, spec.build())))
                // the request and all that observes it would live as long as the conversation
                .contextWrite(request -> Context.empty());
    }

    /** On the channel's event loop, so that no frame is decoded before the handlers are in place. */
    private static Mono<Void> serve(HttpServerResponse response, WebSocketStream stream, WebsocketServerSpec spec) {
        Channel channel = channel(response);
        return Mono.defer(() -> {
                    if (!channel.isActive()) {
                        return Mono.error(new AbortedException("the client has left"));
                    }
                    Mono<Void> served = response.sendWebsocket(stream::serve, spec);
                    ClientFrameValidator.install(channel.pipeline());
                    return served;
                })
                .subscribeOn(
                        channel.eventLoop().inEventLoop()
                                ? Schedulers.immediate()
                                : Schedulers.fromExecutor(channel.eventLoop()));
    }

    private static Channel channel(HttpServerResponse response) {
        AtomicReference<Channel> channel = new AtomicReference<>();
        response.withConnection(connection -> channel.set(connection.channel()));
        return channel.get();
    }

    /** Spring would find it only at the head of the first list. */
    private static boolean isOffered(List<String> lists) {
        return lists.stream()
                .flatMap(list -> Stream.of(list.split(",")))
                .map(String::strip)
                .anyMatch(SUBPROTOCOL::equals);
    }

    private static ErrorResponseException malformed(String detail) {
        ErrorResponseException problem = new ErrorResponseException(HttpStatus.BAD_REQUEST);
        problem.setDetail(detail);
        return problem;
    }

    /** Reactor Netty would refuse by itself, without a problem, and log an error of ours. */
    private static ErrorResponseException unsupportedVersion() {
        ErrorResponseException problem = new ErrorResponseException(HttpStatus.UPGRADE_REQUIRED);
        problem.setDetail("Only version " + VERSION + " of WebSocket is spoken.");
        problem.getHeaders().set(HttpHeaders.CONNECTION, "upgrade");
        problem.getHeaders().set(HttpHeaders.UPGRADE, "websocket");
        problem.getHeaders().set(VERSION_HEADER, VERSION);
        return problem;
    }
}
