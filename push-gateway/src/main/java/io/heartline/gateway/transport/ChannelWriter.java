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
 * Writes a connection's frames to its channel, under Spring's session and Reactor Netty's outbound: on the channel's own
 * thread, a batch as one message, one flush for all batches that there are, and only while the channel is writable, so that
 * what piles up is Netty's high-water mark and at most a batch. Measured in a burst, Reactor's way of a subscription and a
 * promise per frame took twice the CPU of a message per frame, and that half as much again as a message per batch.
 */
final class ChannelWriter extends ChannelInboundHandlerAdapter implements FrameSink {

    private static final Logger logger = LoggerFactory.getLogger(ChannelWriter.class);
    private static final int HEARTBEAT_BYTES = 16; // for a heartbeat, which is no bytes of a frame's

    private final Channel channel;
    private final FrameEncoding encoding;
    private final Duration closeTimeout;
    private final MonoSink<Void> end;
    private volatile long lastHeard = System.nanoTime();
    private volatile FrameSource source; // null until the stream is opened

    /** How frames travel. */
    interface FrameEncoding {

        /** Nothing, if the peer is not told. */
        void encode(Frame frame, ByteBuf to);

        /** What Netty is given to write. */
        Object toMessage(ByteBuf encoded);

        /** Whether a peer that is alive and reads is bound to answer a heartbeat. */
        boolean expectsPong();
    }

    /**
     * @param closeTimeout how long a peer has, once it is sent away, to read what is on its way before it is cut off
     * @param end told when there will be no more frames, and why
     */
    ChannelWriter(Channel channel, FrameEncoding encoding, Duration closeTimeout, MonoSink<Void> end) {
        this.channel = channel;
        this.encoding = encoding;
        this.closeTimeout = closeTimeout;
        this.end = end;
    }

    @Override
    public Executor eventLoop() {
        return channel.eventLoop();
    }

    @Override
    public void opened(FrameSource frames) {
        source = frames;
        end.onCancel(frames::cancel);
    }

    @Override
    public int writableFrames() {
        return channel.isWritable() ? Integer.MAX_VALUE : 0;
    }

    @Override
    public void write(List<Frame> frames) {
        assert channel.eventLoop().inEventLoop() : "called on another thread than the event loop";
        int bytes = HEARTBEAT_BYTES;
        for (Frame frame : frames) {
            bytes += frame.length();
        }
        ByteBuf encoded = channel.alloc().directBuffer(bytes); // or the channel would copy it into one
        try {
            for (Frame frame : frames) {
                encoding.encode(frame, encoded);
            }
        } catch (Throwable e) { // for example OutOfMemoryError when the buffer has to grow
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
     * Drops the exception of a failed read or write, since Netty closes the channel for it, which ends the stream. Reactor
     * Netty would log a warning for every message that waited.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
        if (e instanceof IOException) {
            logger.debug("a socket failed", e);
        } else {
            context.fireExceptionCaught(e);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable() && source != null) {
            source.wake();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public long unreadBytes() {
        return ChannelBufferLimit.pendingBytes(channel);
    }

    /** Ends the stream from the server's side. Any thread may call. Without effect once the stream has ended. */
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
        end.error(why);
        closeAfterTimeout();
    }

    /** A close code waits behind what the peer has not read, which may be forever. */
    private void closeAfterTimeout() {
        Future<?> timer =
                channel.eventLoop().schedule(() -> channel.close(), closeTimeout.toMillis(), TimeUnit.MILLISECONDS);
        // the timer would keep this writer, its connection and its page in memory until it fires
        channel.closeFuture().addListener(closed -> timer.cancel(false));
    }
}
