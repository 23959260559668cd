package io.heartline.gateway;

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
    private long lastMillis = -1;

    void add(Connection connection) {
        all.add(connection);
        snapshot = null;
        Following following = connection.cursor().following;
        if (following.isConflated()) {
            byInterval
                    .computeIfAbsent(following.digestEvery().toMillis(), interval -> new LinkedHashSet<>())
                    .add(connection);
        }
    }

    /** Removes a connection and returns whether it was there. */
    boolean remove(Connection connection) {
        if (!all.remove(connection)) {
            return false;
        }
        snapshot = null;
        byInterval.computeIfPresent(connection.cursor().following.digestEvery().toMillis(), (interval, some) -> {
            some.remove(connection);
            return some.isEmpty() ? null : some;
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
    List<Connection> whoseIntervalEnded(long epochMillis) {
        List<Connection> due = new ArrayList<>();
        long last = lastMillis;
        lastMillis = epochMillis;
        if (last >= 0) {
            byInterval.forEach((interval, some) -> {
                if (epochMillis / interval > last / interval) {
                    due.addAll(some);
                }
            });
        }
        return due;
    }

    boolean hasIntervalEndedSince(long epochMillis, Following following) {
        long interval = following.digestEvery().toMillis();
        return lastMillis / interval > epochMillis / interval;
    }
}
