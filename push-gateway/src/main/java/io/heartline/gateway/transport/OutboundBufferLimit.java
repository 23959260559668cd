package io.heartline.gateway.transport;

import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.netty.channel.ChannelHandler;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A limit on the bytes that were written to all channels together and have not left the process. {@link ChannelBufferLimit} limits
 * one channel, but thousands of channels could still exhaust the memory. Poll responses count like streams. A stream that has
 * ended counts until its client has read the close code. A channel registers itself when it writes, and is examined until it has no
 * unread bytes, so an idle channel costs nothing.
 */
public final class OutboundBufferLimit {

    private static final int SIZE_BUCKET_BYTES =
            64 * 1024; // Netty's high-water mark, about the size of every full channel

    private final long maxBytes;
    private final long stallTimeoutNanos;
    private final GatewayMetrics metrics;
    private final Set<ChannelBufferLimit> channels = ConcurrentHashMap.newKeySet(); // that may have unread bytes

    /**
     * Creates a limit without channels.
     *
     * @param maxBytes the maximum of unread bytes of all channels together
     * @param stallTimeout how long a client may read nothing of a response; a stream has timeouts of its own
     * @param metrics receives the number of unread bytes
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

    /** Examines a channel from now on. Any thread may call. */
    void add(ChannelBufferLimit channel) {
        channels.add(channel);
    }

    /** Examines a channel no longer. Any thread may call. */
    void remove(ChannelBufferLimit channel) {
        channels.remove(channel);
    }

    /**
     * Counts the unread bytes, and disconnects channels if they exceed the limit. One thread calls it several times a second.
     */
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
            if (channel.lastCount() == 0) {
                channel.unregister();
            }
        }
        metrics.unreadBytes(bytes);
        if (bytes > maxBytes) {
            disconnectLargest(bytes - maxBytes, now);
        }
    }

    /**
     * Disconnects channels until the excess is gone, those with the most unread bytes first. All full channels hold about the same
     * number. Among them, the channel without progress for the longest time comes first, so that a slow but steady client stays.
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
