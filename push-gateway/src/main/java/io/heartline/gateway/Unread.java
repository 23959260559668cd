package io.heartline.gateway;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What has been written to sockets and has not left this process, of all of them: buffers, which take memory that everybody else
 * needs, too. Before it is used up, whoever has left something unread for longest is cut off.
 * Counted by socket, not by connection, since one that was sent away holds its buffers until its peer has read the reason.
 */
final class Unread {

    private final long most;
    private final GatewayMetrics metrics;
    private final Set<SocketWriter> sockets = ConcurrentHashMap.newKeySet();

    /** @param most bytes of all sockets together */
    Unread(long most, GatewayMetrics metrics) {
        this.most = most;
        this.metrics = metrics;
    }

    void add(SocketWriter socket) {
        sockets.add(socket);
    }

    void remove(SocketWriter socket) {
        sockets.remove(socket);
    }

    /** To be called several times a second, on one thread: between two calls no bound is kept. */
    void check() {
        long now = System.nanoTime();
        long bytes = 0;
        for (SocketWriter socket : sockets) {
            bytes += socket.countUnread(now);
        }
        metrics.unreadBytes(bytes);
        if (bytes > most) {
            cutOff(bytes - most, now);
        }
    }

    private void cutOff(long tooMany, long now) {
        List<SocketWriter> longestFirst = sockets.stream()
                .sorted(Comparator.comparingLong((SocketWriter socket) -> socket.unreadFor(now))
                        .reversed())
                .toList();
        long left = tooMany;
        for (int i = 0; left > 0 && i < longestFirst.size(); i++) {
            left -= longestFirst.get(i).lastUnreadBytes();
            longestFirst.get(i).cutOff();
        }
    }
}
