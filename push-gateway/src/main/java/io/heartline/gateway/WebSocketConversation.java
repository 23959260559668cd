package io.heartline.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.RequestUpgradeStrategy;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;
import reactor.util.context.Context;

/**
 * One reader on a WebSocket. Spring checks the handshake; from then on it is Reactor Netty's connection, for the reason that
 * {@link SocketWriter} gives.
 */
final class WebSocketConversation implements WebSocketHandler, SocketWriter.Encoding {

    private static final Logger logger = LoggerFactory.getLogger(WebSocketConversation.class);
    private static final String SUBPROTOCOL = "heartline.v1";
    private static final String WRITER = "heartline.writer";
    private static final String PONGS = "heartline.pongs";
    private static final int PROTOCOL_ERROR = 1002;
    private static final int INTERNAL_ERROR = 1011;
    private static final int MOST_INBOUND_BYTES = 4 * 1024;

    private final Flux<Frame> frames;
    private final Duration linger;
    private final GatewayMetrics metrics;
    private final Runnable onEnd;

    /** @param onEnd once the connection is closed, which may be a while after the last frame */
    WebSocketConversation(Flux<Frame> frames, Duration linger, GatewayMetrics metrics, Runnable onEnd) {
        this.frames = frames;
        this.linger = linger;
        this.metrics = metrics;
        this.onEnd = onEnd;
    }

    @Override
    public Mono<Void> handle(WebSocketSession session) {
        throw new IllegalStateException("only upgraded by " + Upgrade.class);
    }

    Mono<Void> converse(WebsocketInbound in, WebsocketOutbound out) {
        AtomicReference<Pongs> pongs = new AtomicReference<>();
        out.withConnection(connection -> {
            connection.onDispose(onEnd::run);
            pongs.set(new Pongs(connection.channel()));
            connection.addHandlerFirst(PONGS, pongs.get());
        });
        Mono<Void> sent = Mono.<Void>create(end -> out.withConnection(connection -> {
                    SocketWriter writer = new SocketWriter(connection.channel(), this, linger, end);
                    connection.addHandlerFirst(WRITER, writer);
                    frames.subscribe(writer);
                }))
                .onErrorResume(e -> {
                    pongs.get().end();
                    return close(e, out);
                });
        // messages of the peer have no receiver; that it left is of interest
        Mono<Void> peerIsGone = in.receiveFrames()
                .doOnNext(frame -> receive(frame, pongs.get()))
                .filter(WebSocketConversation::isOfAnExtension)
                .concatMap(frame -> out.sendClose(PROTOCOL_ERROR, "no extension was agreed on"))
                .then();
        return Mono.firstWithSignal(sent, peerIsGone);
    }

    /** Reactor Netty would close with 1002 for any error, as if the client had made it. */
    private static Mono<Void> close(Throwable e, WebsocketOutbound out) {
        if (e instanceof BrokenStreamException broken) {
            return close(broken.closeCode(), broken.getMessage(), out);
        }
        logger.error("a WebSocket's stream ended by an internal error", e);
        return close(INTERNAL_ERROR, "internal error", out);
    }

    /**
     * Sends the close code and waits until the peer closes, or the writer's linger is over. Reactor Netty would close the socket
     * as soon as the kernel has the bytes. If the peer sends anything after that, such as a pong, the kernel resets the
     * connection, and the peer loses what it has not received yet, the close code included.
     */
    private static Mono<Void> close(int code, String reason, WebsocketOutbound out) {
        return Mono.create(closed -> out.withConnection(connection -> {
            Channel channel = connection.channel();
            channel.closeFuture().addListener(done -> closed.success());
            channel.writeAndFlush(new CloseWebSocketFrame(code, reason)).addListener(written -> {
                // not with TLS, whose peer would take the end for a truncation
                if (channel instanceof DuplexChannel socket
                        && channel.pipeline().get(SslHandler.class) == null) {
                    socket.shutdownOutput();
                }
            });
        }));
    }

    private void receive(WebSocketFrame frame, Pongs pongs) {
        if (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame) {
            metrics.ignored();
        } else if (frame instanceof PingWebSocketFrame && !isOfAnExtension(frame)) {
            pongs.ping(frame.content());
        }
    }

    @Override
    public void encode(Frame frame, ByteBuf to) {
        switch (frame.kind()) {
            case heartbeat -> WebSocketFraming.ping(to);
            default -> {
                WebSocketFraming.text(frame.jsonLength(), to);
                frame.writeJson(to);
            }
        }
    }

    /** Netty's encoder lets bytes pass as they are. */
    @Override
    public Object message(ByteBuf encoded) {
        return encoded;
    }

    /** With a pong. */
    @Override
    public boolean isAnswered() {
        return true;
    }

    /** Returns whether a frame uses an extension, such as compression. None is negotiated, so such a frame is an error. */
    private static boolean isOfAnExtension(WebSocketFrame frame) {
        return frame.rsv() != 0;
    }

    /** Hands a checked handshake to Reactor Netty. A larger frame from a client closes its WebSocket with 1009. */
    static final class Upgrade implements RequestUpgradeStrategy {

        private static final String VERSION = "13";
        private static final String PROTOCOL_HEADER = "Sec-WebSocket-Protocol";

        @Override
        public Mono<Void> upgrade(
                ServerWebExchange exchange,
                WebSocketHandler handler,
                String subProtocol,
                Supplier<HandshakeInfo> handshake) {
            if (!VERSION.equals(exchange.getRequest().getHeaders().getFirst("Sec-WebSocket-Version"))) {
                return Mono.error(otherVersion());
            }
            HttpServerResponse response = ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse());
            if (response.version().equals(HttpVersion.HTTP_1_0)) {
                return Mono.error(oldHttp());
            }
            WebsocketServerSpec.Builder spec = WebsocketServerSpec.builder()
                    .maxFramePayloadLength(MOST_INBOUND_BYTES)
                    .handlePing(true); // or each ping would be answered, whether or not anything is read
            if (isOffered(exchange.getRequest().getHeaders().getOrEmpty(PROTOCOL_HEADER))) {
                // Netty looks at the first header alone, and would leave the client unserved if another offers it
                HttpServerRequest request = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
                request.requestHeaders().set(PROTOCOL_HEADER, SUBPROTOCOL);
                spec.protocols(SUBPROTOCOL); // a browser wants it confirmed
            }
            // whatever is to happen before a response is committed happens before the upgrade
            return exchange.getResponse()
                    .setComplete()
                    .then(Mono.defer(
                            () -> response.sendWebsocket(((WebSocketConversation) handler)::converse, spec.build())))
                    // the request and all that observes it would live as long as the conversation
                    .contextWrite(request -> Context.empty());
        }

        /** Spring would find it only at the head of the first list. */
        private static boolean isOffered(List<String> lists) {
            return lists.stream()
                    .flatMap(list -> Stream.of(list.split(",")))
                    .map(String::strip)
                    .anyMatch(SUBPROTOCOL::equals);
        }

        /** For example of a proxy that speaks HTTP/1.0 to the gateway and passes the handshake's headers on. */
        private static ErrorResponseException oldHttp() {
            ErrorResponseException refusal = new ErrorResponseException(HttpStatus.BAD_REQUEST);
            refusal.setDetail("A WebSocket handshake needs HTTP/1.1.");
            return refusal;
        }

        /** Reactor Netty would refuse by itself, without a problem, and log an error of ours. */
        private static ErrorResponseException otherVersion() {
            ErrorResponseException refusal = new ErrorResponseException(HttpStatus.UPGRADE_REQUIRED);
            refusal.setDetail("Only version " + VERSION + " of WebSocket is spoken.");
            refusal.getHeaders().set(HttpHeaders.CONNECTION, "upgrade");
            refusal.getHeaders().set(HttpHeaders.UPGRADE, "websocket");
            refusal.getHeaders().set("Sec-WebSocket-Version", VERSION);
            return refusal;
        }
    }
}
