package io.heartline.gateway.transport;

import io.heartline.gateway.stream.StreamClosedException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.MessageSizeEstimator;

/**
 * A limit on the bytes that were written to one channel and have not left the process. It is the first handler of each channel,
 * so everything that other handlers write passes it: frames, pongs, close codes, responses, TLS records.
 */
final class ChannelBufferLimit extends ChannelOutboundHandlerAdapter {

    static final int MAX_BYTES = 1024 * 1024;

    /** The bytes that Netty counts for each pending message in addition to its content. */
    static final int MESSAGE_COST_BYTES = 96;

    private final OutboundBufferLimit total;
    private volatile ChannelHandlerContext context;
    private MessageSizeEstimator.Handle sizes;
    private volatile boolean registered;
    // confined to the thread that calls count
    private long lastCount;
    private long lastUnreadBytes = Long.MAX_VALUE; // of a channel without a count
    private long lastProgress;

    ChannelBufferLimit(OutboundBufferLimit total) {
        this.total = total;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        sizes = added.channel().config().getMessageSizeEstimator().newHandle();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        total.remove(this);
    }

    @Override
    public void write(ChannelHandlerContext to, Object message, ChannelPromise promise) {
        if (pendingBytes(to.channel()) + sizes.size(message) + MESSAGE_COST_BYTES > MAX_BYTES) {
            disconnect();
        }
        to.write(message, promise); // a closed channel releases the message and fails the promise
        registerIfUnregistered();
    }

    private void registerIfUnregistered() {
        if (!registered) {
            registered = true;
            total.add(this);
        }
    }

    /** Ends the registration of a channel that has no unread bytes. Called by the thread that calls {@link #count}. */
    void unregister() {
        total.remove(this);
        lastUnreadBytes = Long.MAX_VALUE;
        registered = false;
        if (pendingBytes(context.channel()) > 0) { // written by a caller of write() that saw the registration
            registerIfUnregistered();
        }
    }

    /** Returns the bytes that wait in a channel. Any thread may call. */
    static long pendingBytes(Channel channel) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes(); // null after the channel was closed
    }

    /**
     * Counts the bytes that wait in the channel. If the client has received any byte since the last count, also a part of one large
     * buffer, it has made progress. One thread calls this method.
     *
     * @param now the time by {@link System#nanoTime()}
     * @return the bytes that wait
     */
    long count(long now) {
        long bytes = pendingBytes(context.channel());
        ChannelOutboundBuffer buffer = context.channel().unsafe().outboundBuffer();
        long unreadBytes = buffer == null ? bytes : bytes - buffer.currentProgress();
        if (bytes == 0 || unreadBytes < lastUnreadBytes) {
            lastProgress = now;
        }
        lastUnreadBytes = unreadBytes;
        lastCount = bytes;
        return bytes;
    }

    /** Returns the bytes of the last count. */
    long lastCount() {
        return lastCount;
    }

    /**
     * Returns the nanoseconds since the client last made progress, or since no byte was unread.
     *
     * @param now the time by {@link System#nanoTime()}
     */
    long stalledFor(long now) {
        return now - lastProgress;
    }

    /** Returns whether the channel has a stream of frames, rather than a response. */
    boolean isStream() {
        return writer() != null;
    }

    private ChannelWriter writer() {
        return context.pipeline().get(ChannelWriter.class);
    }

    /** Closes the channel and drops its unread bytes, without a close code. Any thread may call. */
    void disconnect() {
        ChannelWriter writer = writer();
        if (writer != null) {
            writer.end(StreamClosedException.tooMuchUnread());
        }
        context.close(); // channel.close() would wait 3 s for the last TLS record
    }
}
