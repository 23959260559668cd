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
 * Upgrades a request to a WebSocket with Reactor Netty. Spring has checked the method and the presence of {@code Upgrade},
 * {@code Connection} and the key. This class checks the other rules of RFC 6455, 4.2.1.
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
            return Mono.error(malformed("A WebSocket handshake needs HTTP/1.1.")); // for example, of a proxy
        }
        if (!headers.getOrEmpty(VERSION_HEADER).equals(List.of(VERSION))) {
            return Mono.error(unsupportedVersion());
        }
        List<String> keys = headers.getOrEmpty(KEY_HEADER);
        if (keys.size() != 1 || !KEY.matcher(keys.get(0)).matches()) {
            return Mono.error(malformed(KEY_HEADER + " must be 16 bytes in base64, given once."));
        }
        WebsocketServerSpec.Builder spec = WebsocketServerSpec.builder()
                .handlePing(
                        true); // PingResponder answers pings; Reactor Netty would answer each, even if the client does
        // not read
        if (isOffered(headers.getOrEmpty(PROTOCOL_HEADER))) {
            // Netty reads only the first of several headers, and would not serve a client that offers it in another
            HttpServerRequest request = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
            request.requestHeaders().set(PROTOCOL_HEADER, SUBPROTOCOL);
            spec.protocols(SUBPROTOCOL); // a browser requires a confirmation
        }
        // setComplete runs the actions that Spring has registered for the commit of the response
        return exchange.getResponse()
                .setComplete()
                .then(Mono.defer(() -> serve(response, (WebSocketStream) handler, spec.build())))
                // otherwise the request and its observation would stay in memory as long as the WebSocket
                .contextWrite(request -> Context.empty());
    }

    /** Serves the stream. It runs on the channel's event loop, so that no frame is decoded before the handlers are added. */
    private static Mono<Void> serve(HttpServerResponse response, WebSocketStream stream, WebsocketServerSpec spec) {
        Channel channel = channel(response);
        return Mono.defer(() -> {
                    if (!channel.isActive()) {
                        return Mono.error(new AbortedException("the client has disconnected"));
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

    /** Returns whether the client offers the subprotocol anywhere. Spring would find it only at the start of the first list. */
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

    /** Returns the refusal of another version. Reactor Netty would send no problem and log an error. */
    private static ErrorResponseException unsupportedVersion() {
        ErrorResponseException problem = new ErrorResponseException(HttpStatus.UPGRADE_REQUIRED);
        problem.setDetail("Only version " + VERSION + " of WebSocket is spoken.");
        problem.getHeaders().set(HttpHeaders.CONNECTION, "upgrade");
        problem.getHeaders().set(HttpHeaders.UPGRADE, "websocket");
        problem.getHeaders().set(VERSION_HEADER, VERSION);
        return problem;
    }
}
