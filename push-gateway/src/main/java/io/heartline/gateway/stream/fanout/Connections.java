package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.FollowRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The connections of a partition, and which of them have an interval of digests that ends. Guarded by its {@link Partition}. */
final class Connections {

    private final Set<Connection> all = new LinkedHashSet<>();
    private final Map<Long, Set<Connection>> byInterval = new HashMap<>(); // in milliseconds
    private Connection[] snapshot = {}; // null once it is out of date
    private long lastEpochMillis = -1;

    void add(Connection connection) {
        all.add(connection);
        snapshot = null;
        FollowRequest request = connection.cursor().request;
        if (request.isConflated()) {
            byInterval
                    .computeIfAbsent(request.digestInterval().toMillis(), interval -> new LinkedHashSet<>())
                    .add(connection);
        }
    }

    /** Removes a connection and returns whether it was there. */
    boolean remove(Connection connection) {
        if (!all.remove(connection)) {
            return false;
        }
        snapshot = null;
        byInterval.computeIfPresent(connection.cursor().request.digestInterval().toMillis(), (interval, members) -> {
            members.remove(connection);
            return members.isEmpty() ? null : members;
        });
        return true;
    }

    /** Returns all connections in an array that the caller must not change, and may use without the lock. */
    Connection[] snapshot() {
        if (snapshot == null) {
            snapshot = all.toArray(Connection[]::new);
        }
        return snapshot;
    }

    /**
     * Returns the connections whose interval has ended since the last call. Intervals end at multiples of their length, so that
     * all instances agree without state.
     *
     * @param epochMillis the present in milliseconds since 1970
     */
    List<Connection> withEndedInterval(long epochMillis) {
        List<Connection> due = new ArrayList<>();
        long last = lastEpochMillis;
        lastEpochMillis = epochMillis;
        if (last >= 0) {
            byInterval.forEach((interval, members) -> {
                if (epochMillis / interval > last / interval) {
                    due.addAll(members);
                }
            });
        }
        return due;
    }

    boolean hasIntervalEndedSince(long epochMillis, FollowRequest request) {
        long interval = request.digestInterval().toMillis();
        return lastEpochMillis / interval > epochMillis / interval;
    }
}
