package io.heartline.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.MessageSizeEstimator;

/**
 * A limit on the bytes that were written to one channel and have not left the process. It is the first handler of every
 * channel, so whatever any other handler writes passes it: frames, pongs, close codes, answers, TLS records.
 */
final class OutboundLimit extends ChannelOutboundHandlerAdapter {

    static final int MAX_BYTES = 1024 * 1024;

    private final Unread unread;
    private volatile ChannelHandlerContext context;
    private MessageSizeEstimator.Handle sizes;
    // confined to the thread that counts
    private long counted;
    private long remaining;
    private long progressAt = System.nanoTime();

    OutboundLimit(Unread unread) {
        this.unread = unread;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        sizes = added.channel().config().getMessageSizeEstimator().newHandle();
        unread.add(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        unread.remove(this);
    }

    @Override
    public void write(ChannelHandlerContext to, Object message, ChannelPromise promise) {
        if (bytesOf(to.channel()) + sizes.size(message) > MAX_BYTES) {
            disconnect();
        }
        to.write(message, promise); // a closed channel releases the message and fails the promise
    }

    /** Returns the bytes that wait in a channel; any thread may call. */
    static long bytesOf(Channel channel) {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting == null ? 0 : waiting.totalPendingWriteBytes(); // null once it is closed
    }

    /**
     * Counts what waits in the channel. Whatever its reader has taken since the last count is progress, also a part of one large
     * buffer.
     *
     * @param now by {@link System#nanoTime()}
     */
    long count(long now) {
        long bytes = bytesOf(context.channel());
        ChannelOutboundBuffer waiting = context.channel().unsafe().outboundBuffer();
        long left = waiting == null ? bytes : bytes - waiting.currentProgress();
        if (bytes == 0 || left < remaining) {
            progressAt = now;
        }
        remaining = left;
        counted = bytes;
        return bytes;
    }

    /** Returns the bytes of the last count. */
    long counted() {
        return counted;
    }

    /** Returns the nanoseconds since the reader last made progress, or since nothing was unread. */
    long stalledFor(long now) {
        return now - progressAt;
    }

    boolean isStream() {
        return stream() != null;
    }

    private SocketWriter stream() {
        return context.pipeline().get(SocketWriter.class);
    }

    /** Drops what the reader has not read, and its close code with it. Any thread may call. */
    void disconnect() {
        SocketWriter stream = stream();
        if (stream != null) {
            stream.end(BrokenStreamException.unread());
        }
        context.close(); // not the channel's, which over TLS would wait 3 s for its last record
    }
}
