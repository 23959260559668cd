package io.heartline.gateway;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A count of the bytes that were written to all sockets and have not left this process, with a limit. One socket is limited
 * by {@link OutboundLimit}; thousands of them still need more memory than there is. Poll answers count like streams, and a
 * stream that has ended counts until its client has read the reason.
 */
final class Unread {

    private static final int SIZE_CLASS_BYTES = 64 * 1024; // Netty's high-water mark: what any full socket holds

    private final long maxBytes;
    private final long maxStallNanos;
    private final GatewayMetrics metrics;
    private final Set<OutboundLimit> sockets = ConcurrentHashMap.newKeySet();

    /**
     * @param maxBytes of all sockets together
     * @param maxStall how long a client may read nothing of an answer; a stream has clocks of its own
     */
    Unread(long maxBytes, Duration maxStall, GatewayMetrics metrics) {
        this.maxBytes = maxBytes;
        this.maxStallNanos = maxStall.toNanos();
        this.metrics = metrics;
    }

    void add(OutboundLimit socket) {
        sockets.add(socket);
    }

    void remove(OutboundLimit socket) {
        sockets.remove(socket);
    }

    /** Counts, and disconnects sockets if the limit is exceeded. One thread calls it several times a second. */
    void check() {
        check(System.nanoTime());
    }

    void check(long now) {
        long bytes = 0;
        for (OutboundLimit socket : sockets) {
            bytes += socket.count(now);
            if (socket.stalledFor(now) > maxStallNanos && !socket.isStream()) {
                socket.disconnect();
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
        List<OutboundLimit> largestFirst = sockets.stream()
                .sorted(Comparator.comparingLong((OutboundLimit socket) -> socket.counted() / SIZE_CLASS_BYTES)
                        .thenComparingLong(socket -> socket.stalledFor(now))
                        .reversed())
                .toList();
        long left = excess;
        for (int i = 0; left > 0 && i < largestFirst.size(); i++) {
            left -= largestFirst.get(i).counted();
            largestFirst.get(i).disconnect();
        }
    }
}
