package io.heartline.producer.stream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.time.Duration;

/**
 * Watches whether a stream makes progress: a line is sent or settled, or the client reads results. Bytes and empty lines are no
 * progress. Otherwise a client could keep a permit that other clients need by sending a few bytes now and then.
 */
final class StallWatch {

    private final long timeoutNanos;
    private long lastProgress;
    private long lines;
    private long pendingBytes;

    /**
     * @param timeout time without progress after which the stream is stalled
     * @param now time in nanoseconds
     */
    StallWatch(Duration timeout, long now) {
        this.timeoutNanos = timeout.toNanos();
        this.lastProgress = now;
    }

    /** Returns the number of bytes of results for which the socket has no room. */
    static long pendingBytes(Channel channel) {
        ChannelOutboundBuffer outboundBuffer = channel.unsafe().outboundBuffer();
        return outboundBuffer == null ? 0 : outboundBuffer.totalPendingWriteBytes(); // null once it is closed
    }

    /** Restarts the timeout. */
    void restart(long now) {
        lastProgress = now;
    }

    /**
     * Returns whether the timeout has passed without progress.
     *
     * @param now time in nanoseconds
     * @param lines number of read lines plus number of settled lines since the start of the stream, without empty lines
     * @param pendingBytes bytes of results for which the client's socket has no room
     */
    boolean isStalled(long now, long lines, long pendingBytes) {
        if (lines != this.lines || pendingBytes < this.pendingBytes) {
            lastProgress = now;
        }
        this.lines = lines;
        this.pendingBytes = pendingBytes;
        return now - lastProgress > timeoutNanos;
    }
}
