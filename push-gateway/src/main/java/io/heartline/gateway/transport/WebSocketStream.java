package io.heartline.gateway.transport;

import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameStream;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;

/**
 * A stream of frames to one client on a WebSocket. Spring checks the handshake. After it, this handler is the last one of the
 * channel, and reads what the client sends. It creates what a silent client does not need only when it is needed.
 */
public final class WebSocketStream extends ChannelWriter implements WebSocketHandler {

    private static final Logger logger = LoggerFactory.getLogger(WebSocketStream.class);
    private static final int INTERNAL_ERROR = 1011;
    private static final SharedBatches SHARED_BATCHES = new SharedBatches();

    private final MessageHandler messages;
    private final GatewayMetrics metrics;
    private volatile long lastHeard = System.nanoTime();
    // confined to the event loop
    private @Nullable PingResponder pings; // null until the first ping
    private @Nullable MessageQueue queue; // null until the first text
    private @Nullable TextMessages texts; // null until the first text
    private int messageBytes; // of the parts of the current message
    private boolean isInvalid;
    private boolean isClosing; // a close frame was sent

    /**
     * Creates a stream for one handshake.
     *
     * @param frames the stream, which starts after the handshake
     * @param messages answers the client's text messages
     * @param closeTimeout how long the client may take to read buffered frames and the close code after the stream has ended
     * @param metrics counts binary messages of the client, which are ignored
     * @param onEnd runs after the connection was closed, which may be long after the last frame; only its first run may have an effect
     */
    public WebSocketStream(
            FrameStream frames,
            MessageHandler messages,
            Duration closeTimeout,
            GatewayMetrics metrics,
            Runnable onEnd) {
        super(frames, closeTimeout, onEnd);
        this.messages = messages;
        this.metrics = metrics;
    }

    @Override
    public Mono<Void> handle(WebSocketSession session) {
        throw new IllegalStateException("only " + WebSocketUpgrade.class + " serves this stream");
    }

    @Override
    void addTo(ChannelPipeline pipeline) {
        ClientFrameValidator.addDecoder(pipeline);
        super.addTo(pipeline);
    }

    /** Reads a frame. Discards all frames but a close after the close frame of the server, and after an invalid frame. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        lastHeard = System.nanoTime();
        if (!(message instanceof WebSocketFrame frame)) { // the end of the handshake's request
            ReferenceCountUtil.release(message);
            return;
        }
        if (isClosing || isInvalid) {
            if (frame instanceof CloseWebSocketFrame) { // the client answers our close frame
                context.close();
            }
            frame.release();
            return;
        }
        if (ClientFrameValidator.passToNewTextValidator(context.pipeline(), frame)) {
            return;
        }
        try {
            messageBytes = ClientFrameValidator.check(frame, messageBytes);
            receive(frame);
        } catch (CorruptedWebSocketFrameException e) {
            endAsInvalid(e);
        } finally {
            frame.release();
        }
    }

    private void receive(WebSocketFrame frame) {
        if (frame instanceof CloseWebSocketFrame) {
            cancel();
            sendClose(frame.content(), ChannelFutureListener.CLOSE);
            closeAfterTimeout();
        } else if (frame instanceof PingWebSocketFrame) {
            if (pings == null) {
                pings = new PingResponder(channel());
            }
            pings.onPing(frame.content());
        } else if (frame instanceof BinaryWebSocketFrame) {
            metrics.ignored();
        } else if (frame instanceof TextWebSocketFrame || frame instanceof ContinuationWebSocketFrame) {
            receiveText(frame);
        }
    }

    private void receiveText(WebSocketFrame frame) {
        if (texts == null) {
            texts = new TextMessages();
        }
        String text = texts.add(frame);
        if (text != null) {
            if (queue == null) {
                queue = new MessageQueue(channel(), messages);
            }
            queue.add(text);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
        if (e instanceof CorruptedWebSocketFrameException invalid) {
            endAsInvalid(invalid);
        } else {
            super.exceptionCaught(context, e);
        }
    }

    private void endAsInvalid(CorruptedWebSocketFrameException invalid) {
        if (!isInvalid && !isClosing) {
            isInvalid = true;
            StreamClosedException reason =
                    StreamClosedException.invalidFrame(invalid.closeStatus().code(), invalid.getMessage());
            if (isOpened()) {
                end(reason);
            } else {
                close(reason);
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (pings != null) {
            pings.sendPong();
        }
        super.channelWritabilityChanged(context);
    }

    @Override
    public long lastHeard() {
        return lastHeard;
    }

    @Override
    void encode(List<Frame> batch, ByteBuf to) {
        for (Frame frame : batch) {
            if (frame.kind() == Frame.Kind.heartbeat) {
                WebSocketFraming.ping(to);
            } else {
                WebSocketFraming.text(frame.jsonLength(), to);
                frame.writeJson(to);
            }
        }
    }

    @Override
    void cancel() {
        if (queue != null) {
            queue.stop();
        }
        super.cancel();
    }

    /**
     * Sends the close code. The client closes the connection, or the close timeout does. The server must not close the socket as soon
     * as the kernel has the bytes. If the client sent anything after that, such as a pong, the kernel would reset the connection. The
     * client would lose all bytes that it has not received, including the close code.
     */
    @Override
    void sendEnd(Throwable why) {
        int code = INTERNAL_ERROR;
        String reason = "internal error";
        if (why instanceof StreamClosedException streamClosed) {
            code = streamClosed.closeCode();
            reason = streamClosed.getMessage();
        } else {
            logger.error("a WebSocket stream failed with an internal error", why);
        }
        CloseWebSocketFrame close = new CloseWebSocketFrame(code, reason);
        sendClose(close.content(), written -> {
            // not with TLS: the client would take the end of the connection for a truncation
            if (channel() instanceof DuplexChannel socket
                    && channel().pipeline().get(SslHandler.class) == null) {
                socket.shutdownOutput();
            }
        });
        close.release();
    }

    private void sendClose(ByteBuf body, ChannelFutureListener afterwards) {
        isClosing = true;
        if (pings != null) {
            pings.stop();
        }
        if (queue != null) {
            queue.stop();
        }
        ByteBuf close = channel().alloc().directBuffer(WebSocketFraming.CONTROL_HEADER_BYTES + body.readableBytes());
        WebSocketFraming.close(body, close);
        channel().writeAndFlush(close).addListener(afterwards);
    }

    @Override
    SharedBatches sharedBatches() {
        return SHARED_BATCHES;
    }
}
