package io.heartline.gateway.transport;

import io.heartline.gateway.stream.GatewayMetrics;
import io.netty.channel.ChannelHandler;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A count of the bytes that were written to all sockets and have not left this process, with a limit. One socket is limited
 * by {@link ChannelBufferLimit}; thousands of them still need more memory than there is. Poll answers count like streams, and a
 * stream that has ended counts until its client has read the reason.
 */
public final class OutboundBufferLimit {

    private static final int SIZE_BUCKET_BYTES = 64 * 1024; // Netty's high-water mark: what any full socket holds

    private final long maxBytes;
    private final long stallTimeoutNanos;
    private final GatewayMetrics metrics;
    private final Set<ChannelBufferLimit> channels = ConcurrentHashMap.newKeySet();

    /**
     * @param maxBytes of all sockets together
     * @param stallTimeout how long a client may read nothing of an answer; a stream has clocks of its own
     */
    public OutboundBufferLimit(long maxBytes, Duration stallTimeout, GatewayMetrics metrics) {
        this.maxBytes = maxBytes;
        this.stallTimeoutNanos = stallTimeout.toNanos();
        this.metrics = metrics;
    }

    /**
     * Creates the handler that counts and limits the bytes of one channel.
     *
     * @return a new handler, to be the first one of the channel's pipeline
     */
    public ChannelHandler newChannelHandler() {
        return new ChannelBufferLimit(this);
    }

    void add(ChannelBufferLimit channel) {
        channels.add(channel);
    }

    void remove(ChannelBufferLimit channel) {
        channels.remove(channel);
    }

    /** Counts, and disconnects sockets if the limit is exceeded. One thread calls it several times a second. */
    public void check() {
        check(System.nanoTime());
    }

    void check(long now) {
        long bytes = 0;
        for (ChannelBufferLimit channel : channels) {
            bytes += channel.count(now);
            if (channel.stalledFor(now) > stallTimeoutNanos && !channel.isStream()) {
                channel.disconnect();
            }
        }
        metrics.unreadBytes(bytes);
        if (bytes > maxBytes) {
            disconnectLargest(bytes - maxBytes, now);
        }
    }

    /**
     * The most unread bytes come first. All full sockets hold about the same, a few frames more or less; among those the one
     * that has made no progress for longest comes first, so that a slow but steady reader stays.
     */
    private void disconnectLargest(long excess, long now) {
        List<ChannelBufferLimit> largestFirst = channels.stream()
                .sorted(Comparator.comparingLong(
                                (ChannelBufferLimit channel) -> channel.lastCount() / SIZE_BUCKET_BYTES)
                        .thenComparingLong(channel -> channel.stalledFor(now))
                        .reversed())
                .toList();
        long remaining = excess;
        for (int i = 0; remaining > 0 && i < largestFirst.size(); i++) {
            remaining -= largestFirst.get(i).lastCount();
            largestFirst.get(i).disconnect();
        }
    }
}
