package io.heartline.gateway.transport;

import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.FrameSource;
import io.heartline.gateway.stream.StreamClosedException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.MonoSink;

/**
 * Writes a connection's frames to its channel directly, on the channel's event loop. Each batch is one Netty message, and pending
 * batches share one flush. It writes only while the channel is writable, so at most Netty's high-water mark and one batch are
 * buffered.
 *
 * <p>It bypasses Spring's session and Reactor Netty's outbound because of their cost. Measured in a burst, a message per frame
 * took 1.5 times the CPU of a message per batch. Reactor's subscription and promise per frame took 3 times.
 */
final class ChannelWriter extends ChannelInboundHandlerAdapter implements FrameSink {

    private static final Logger logger = LoggerFactory.getLogger(ChannelWriter.class);
    private static final int HEARTBEAT_BYTES = 16; // room for a ping, which Frame.length() does not include

    private final Channel channel;
    private final FrameEncoding encoding;
    private final Duration closeTimeout;
    private final MonoSink<Void> completion;
    private volatile long lastHeard = System.nanoTime();
    private volatile FrameSource source; // null until the stream is opened

    /** The encoding of frames on a channel. */
    interface FrameEncoding {

        /** Appends the bytes of a batch; no bytes for a kind of frame that the client does not receive. */
        void encode(List<Frame> frames, ByteBuf to);

        /** Returns about how many bytes a frame of the next batch has beyond {@link Frame#length()}. */
        default int bytesBeyondFrame() {
            return 0;
        }

        /** Returns the message that Netty writes for encoded bytes. It takes over the buffer. */
        Object toMessage(ByteBuf encoded);

        /** Returns whether a live client that reads has to answer a heartbeat. */
        boolean expectsPong();
    }

    /**
     * Creates a writer. The caller adds it to the channel's pipeline before it attaches it to a stream.
     *
     * @param closeTimeout how long the client may take to read buffered frames and the close code after the stream has ended
     * @param completion completed after the last frame, with the reason as an error
     */
    ChannelWriter(Channel channel, FrameEncoding encoding, Duration closeTimeout, MonoSink<Void> completion) {
        this.channel = channel;
        this.encoding = encoding;
        this.closeTimeout = closeTimeout;
        this.completion = completion;
    }

    @Override
    public Executor eventLoop() {
        return channel.eventLoop();
    }

    @Override
    public void opened(FrameSource frames) {
        source = frames;
        completion.onCancel(frames::cancel);
    }

    @Override
    public int writableFrames() {
        return channel.isWritable() ? Integer.MAX_VALUE : 0;
    }

    @Override
    public void write(List<Frame> frames) {
        assert channel.eventLoop().inEventLoop() : "called outside the event loop";
        int bytes = HEARTBEAT_BYTES + frames.size() * encoding.bytesBeyondFrame();
        for (Frame frame : frames) {
            bytes += frame.length();
        }
        ByteBuf encoded = channel.alloc().directBuffer(bytes); // the channel would copy a heap buffer
        try {
            encoding.encode(frames, encoded);
        } catch (Throwable e) { // for example, OutOfMemoryError when the buffer has to grow
            encoded.release();
            throw e;
        }
        if (encoded.isReadable()) {
            channel.write(encoding.toMessage(encoded), channel.voidPromise());
        } else {
            encoded.release();
        }
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public long lastHeard() {
        return encoding.expectsPong() ? lastHeard : System.nanoTime();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        lastHeard = System.nanoTime();
        context.fireChannelRead(message);
    }

    /**
     * Ignores the exception of a failed read or write: Netty closes the channel for it, which ends the stream. Reactor Netty would
     * log a warning for every message that waited.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
        if (e instanceof IOException) {
            logger.debug("reading from or writing to a socket failed", e);
        } else {
            context.fireExceptionCaught(e);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (source != null) {
            source.wake(); // also if it is full, because a full socket has a timeout
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public long unreadBytes() {
        return ChannelBufferLimit.pendingBytes(channel);
    }

    /** Ends the stream on the server's side. Any thread may call. Has no effect after the stream has ended. */
    void end(StreamClosedException reason) {
        if (source != null) {
            source.end(reason);
        }
    }

    @Override
    public void close(Throwable why) {
        if (why instanceof StreamClosedException streamClosed && !streamClosed.notifiesClient()) {
            channel.close();
            return;
        }
        channel.flush();
        completion.error(why);
        closeAfterTimeout();
    }

    /** Closes the channel after a timeout, because a client that never reads never receives the close code. */
    private void closeAfterTimeout() {
        Future<?> timer =
                channel.eventLoop().schedule(() -> channel.close(), closeTimeout.toMillis(), TimeUnit.MILLISECONDS);
        // the timer would keep this writer, its connection and its page in memory until it fires
        channel.closeFuture().addListener(closed -> timer.cancel(false));
    }
}
