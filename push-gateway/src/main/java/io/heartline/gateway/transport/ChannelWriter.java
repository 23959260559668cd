package io.heartline.gateway.transport;

import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.FrameSource;
import io.heartline.gateway.stream.FrameStream;
import io.heartline.gateway.stream.StreamClosedException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a connection's frames to its channel directly, on the channel's event loop. Each batch is one Netty message, and pending
 * batches share one flush. It writes only while the channel is writable, so at most Netty's high-water mark and one batch are
 * buffered. It is the last handler of a channel that {@link ChannelTakeover} has taken over.
 *
 * <p>It bypasses Spring's session and Reactor Netty's outbound because of their cost. Measured in a burst, a message per frame
 * took 1.5 times the CPU of a message per batch. Reactor's subscription and promise per frame took 3 times.
 */
abstract class ChannelWriter extends ChannelInboundHandlerAdapter implements FrameSink {

    private static final Logger logger = LoggerFactory.getLogger(ChannelWriter.class);
    private static final int EXTRA_BYTES =
            16; // room for a ping or the ends of a chunk, which Frame.length() does not include

    private final Duration closeTimeout;
    private final Runnable onEnd;
    private @Nullable FrameStream frames; // null after start, because not every stream is needed later
    private Channel channel; // null until this handler is added
    private volatile @Nullable FrameSource source; // null until the stream is opened
    private volatile boolean isEnded; // by the client or the server

    /**
     * Creates a writer for one channel.
     *
     * @param frames the stream, which starts with {@link #start}
     * @param closeTimeout how long the client may take to read buffered frames and the close code after the stream has ended
     * @param onEnd runs after the connection was closed, which may be long after the last frame; only its first run may have an effect
     */
    ChannelWriter(FrameStream frames, Duration closeTimeout, Runnable onEnd) {
        this.frames = frames;
        this.closeTimeout = closeTimeout;
        this.onEnd = onEnd;
    }

    /** Adds this handler, and others that it needs, to the end of a pipeline. */
    void addTo(ChannelPipeline pipeline) {
        pipeline.addLast("heartline.writer", this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
    }

    /** Starts the stream. Called once, on the event loop, after this handler was added. */
    void start() {
        FrameStream stream = frames;
        frames = null;
        stream.attach(this);
    }

    /** Releases what the stream would hold, because it never starts. */
    void release() {
        onEnd.run();
    }

    /** Returns whether the stream has opened. */
    boolean isOpened() {
        return source != null;
    }

    Channel channel() {
        return channel;
    }

    @Override
    public Executor eventLoop() {
        return channel.eventLoop();
    }

    @Override
    public void opened(FrameSource opened) {
        source = opened;
        if (isEnded) {
            opened.cancel();
        }
    }

    @Override
    public int writableFrames() {
        return channel.isWritable() ? Integer.MAX_VALUE : 0;
    }

    /** Appends the bytes of a batch; no bytes for a kind of frame that the client does not receive. */
    abstract void encode(List<Frame> batch, ByteBuf to);

    /** Returns about how many bytes a frame of the next batch has beyond {@link Frame#length()}. */
    int bytesBeyondFrame() {
        return 0;
    }

    /** Returns the batches of connections with the same encoding; null if the bytes depend on the connection. */
    @Nullable
    SharedBatches sharedBatches() {
        return null;
    }

    @Override
    public void write(List<Frame> batch) {
        assert channel.eventLoop().inEventLoop() : "called outside the event loop";
        SharedBatches shared = sharedBatches();
        ByteBuf encoded = shared == null ? null : shared.find(batch);
        if (encoded == null) {
            encoded = encode(batch);
            encoded = shared == null ? encoded : shared.keep(batch, encoded);
        }
        if (encoded.isReadable()) {
            channel.write(encoded, channel.voidPromise());
        } else {
            encoded.release();
        }
    }

    private ByteBuf encode(List<Frame> batch) {
        int bytes = EXTRA_BYTES + batch.size() * bytesBeyondFrame();
        for (Frame frame : batch) {
            bytes += frame.length();
        }
        ByteBuf encoded = channel.alloc().directBuffer(bytes); // the channel would copy a heap buffer
        try {
            encode(batch, encoded);
        } catch (Throwable e) { // for example, OutOfMemoryError when the buffer has to grow
            encoded.release();
            throw e;
        }
        return encoded;
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        FrameSource waiting = source;
        if (waiting != null) {
            waiting.wake(); // also if the channel is full, because a full socket has a timeout
        }
    }

    @Override
    public long unreadBytes() {
        return ChannelBufferLimit.pendingBytes(channel);
    }

    /**
     * Closes the channel after a failed read or write, or bytes that TLS cannot decode, which are no defects of the service. Any other
     * exception ends the stream as a defect.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
        if (isEnded || e instanceof IOException || e.getCause() instanceof IOException) {
            logger.debug("reading from or writing to a socket failed", e);
            context.close();
        } else {
            cancel();
            close(e);
        }
    }

    /** Closes the channel when a TLS client ends its side. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslCloseCompletionEvent closed && closed.isSuccess()) {
            context.close();
        }
    }

    /** Called when the channel was closed, or if an operator removes the handler. */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        cancel();
        onEnd.run();
    }

    /** Ends the stream because the client has left. */
    void cancel() {
        isEnded = true;
        FrameSource left = source;
        if (left != null) {
            left.cancel();
        }
    }

    /** Ends the stream on the server's side. Any thread may call. Has no effect after the stream has ended, or before it has opened. */
    void end(StreamClosedException reason) {
        FrameSource ending = source;
        if (ending != null) {
            ending.end(reason);
        }
    }

    @Override
    public void close(Throwable why) {
        isEnded = true;
        if (why instanceof StreamClosedException streamClosed && !streamClosed.notifiesClient()) {
            channel.close();
            return;
        }
        if (channel.isActive()) {
            ChannelTakeover.delayShutdown(channel);
            sendEnd(why);
            closeAfterTimeout();
        }
    }

    /**
     * Writes the end of the stream, such as a close code, and flushes.
     *
     * @param why a {@link StreamClosedException}; any other exception or error is a defect
     */
    abstract void sendEnd(Throwable why);

    /** Closes the channel after a timeout, because a client that never reads never receives the close code. */
    void closeAfterTimeout() {
        Future<?> timer =
                channel.eventLoop().schedule(() -> channel.close(), closeTimeout.toMillis(), TimeUnit.MILLISECONDS);
        // the timer would keep this writer, its connection and its page in memory until it fires
        channel.closeFuture().addListener(closed -> timer.cancel(false));
    }
}
