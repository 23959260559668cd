package io.heartline.gateway.transport;

import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameStream;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/**
 * A stream of frames to one client on a WebSocket. Spring checks the handshake. After it, this class uses Reactor Netty's
 * connection directly, for the reason that {@link ChannelWriter} documents.
 */
public final class WebSocketStream implements WebSocketHandler, ChannelWriter.FrameEncoding {

    private static final Logger logger = LoggerFactory.getLogger(WebSocketStream.class);
    private static final String WRITER = "heartline.writer";
    private static final String PING_RESPONDER = "heartline.pongs";
    private static final int INTERNAL_ERROR = 1011;

    private final FrameStream frames;
    private final MessageHandler messages;
    private final Duration closeTimeout;
    private final GatewayMetrics metrics;
    private final Runnable onEnd;

    /**
     * Creates a stream for one handshake.
     *
     * @param frames the stream, which starts after the handshake
     * @param messages answers the client's text messages
     * @param closeTimeout how long the client may take to read buffered frames and the close code after the stream has ended
     * @param metrics counts binary messages of the client, which are ignored
     * @param onEnd runs after the connection was closed, which may be long after the last frame
     */
    public WebSocketStream(
            FrameStream frames,
            MessageHandler messages,
            Duration closeTimeout,
            GatewayMetrics metrics,
            Runnable onEnd) {
        this.frames = frames;
        this.messages = messages;
        this.closeTimeout = closeTimeout;
        this.metrics = metrics;
        this.onEnd = onEnd;
    }

    @Override
    public Mono<Void> handle(WebSocketSession session) {
        throw new IllegalStateException("only " + WebSocketUpgrade.class + " serves this stream");
    }

    Mono<Void> serve(WebsocketInbound in, WebsocketOutbound out) {
        AtomicReference<PingResponder> pingResponder = new AtomicReference<>();
        AtomicReference<MessageQueue> queue = new AtomicReference<>();
        out.withConnection(connection -> {
            connection.onDispose(onEnd::run);
            pingResponder.set(new PingResponder(connection.channel()));
            queue.set(new MessageQueue(connection.channel(), messages));
            connection.onDispose(queue.get()::stop);
            connection.addHandlerFirst(PING_RESPONDER, pingResponder.get());
        });
        Mono<Void> sent = Mono.<Void>create(end -> out.withConnection(connection -> {
                    ChannelWriter writer = new ChannelWriter(connection.channel(), this, closeTimeout, end);
                    connection.addHandlerFirst(WRITER, writer);
                    frames.attach(writer);
                }))
                .onErrorResume(e -> {
                    pingResponder.get().stop();
                    queue.get().stop();
                    return close(e, out);
                });
        TextMessages texts = new TextMessages();
        // the end of the client's stream ends this one
        Mono<Void> peerClosed = in.receiveFrames()
                .doOnNext(frame -> receive(frame, texts, queue.get(), pingResponder.get()))
                .then();
        return Mono.firstWithSignal(sent, peerClosed);
    }

    /** Sends the close code of an error. Reactor Netty would send 1002 for any error, as if the client had caused it. */
    private static Mono<Void> close(Throwable e, WebsocketOutbound out) {
        if (e instanceof StreamClosedException streamClosed) {
            return close(streamClosed.closeCode(), streamClosed.getMessage(), out);
        }
        logger.error("a WebSocket stream failed with an internal error", e);
        return close(INTERNAL_ERROR, "internal error", out);
    }

    /**
     * Sends the close code and waits until the client closes, or the writer's close timeout expires. Reactor Netty would close the
     * socket as soon as the kernel has the bytes. If the client sent anything after that, such as a pong, the kernel would reset
     * the connection. The client would lose all bytes that it has not received, including the close code.
     */
    private static Mono<Void> close(int code, String reason, WebsocketOutbound out) {
        return Mono.create(closed -> out.withConnection(connection -> {
            Channel channel = connection.channel();
            channel.closeFuture().addListener(done -> closed.success());
            channel.writeAndFlush(new CloseWebSocketFrame(code, reason)).addListener(written -> {
                // not with TLS: the client would take the end of the connection for a truncation
                if (channel instanceof DuplexChannel socket
                        && channel.pipeline().get(SslHandler.class) == null) {
                    socket.shutdownOutput();
                }
            });
        }));
    }

    private void receive(WebSocketFrame frame, TextMessages texts, MessageQueue queue, PingResponder pingResponder) {
        String text = texts.add(frame);
        if (text != null) {
            queue.add(text);
        } else if (frame instanceof BinaryWebSocketFrame) {
            metrics.ignored();
        } else if (frame instanceof PingWebSocketFrame) {
            pingResponder.onPing(frame.content());
        }
    }

    @Override
    public void encode(List<Frame> frames, ByteBuf to) {
        for (Frame frame : frames) {
            if (frame.kind() == Frame.Kind.heartbeat) {
                WebSocketFraming.ping(to);
            } else {
                WebSocketFraming.text(frame.jsonLength(), to);
                frame.writeJson(to);
            }
        }
    }

    /** Returns the buffer itself, because Netty's encoder passes buffers on unchanged. */
    @Override
    public Object toMessage(ByteBuf encoded) {
        return encoded;
    }

    /** Returns true: a client answers a ping with a pong. */
    @Override
    public boolean expectsPong() {
        return true;
    }
}
