package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.FollowRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The connections of a partition, also by their interval of digests. Guarded by its {@link Partition}. */
final class Connections {

    private final Set<Connection> all = new LinkedHashSet<>();
    private final Map<Long, Set<Connection>> byInterval = new HashMap<>(); // in milliseconds
    private Connection[] snapshot = {}; // null if a connection was added or removed since
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

    /** Removes a connection and returns whether it was present. */
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

    /** Returns all connections. The caller may use the array without the lock, and must not change it. */
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

    /**
     * Returns whether an interval of the client's digests has ended since a moment.
     *
     * @param epochMillis the moment in milliseconds since 1970
     */
    boolean hasIntervalEndedSince(long epochMillis, FollowRequest request) {
        long interval = request.digestInterval().toMillis();
        return lastEpochMillis / interval > epochMillis / interval;
    }
}
