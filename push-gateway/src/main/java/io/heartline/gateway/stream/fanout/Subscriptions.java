package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.connection.Tick;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The subscriptions of a partition, also by their interval of digests. Guarded by its {@link Partition}. */
final class Subscriptions {

    private final Set<Subscription> all = new LinkedHashSet<>();
    private final Map<Long, Set<Subscription>> byInterval = new HashMap<>(); // in milliseconds
    private Subscription[] snapshot = {}; // null if a subscription was added or removed since
    private long lastEpochMillis = -1;

    void add(Subscription subscription) {
        all.add(subscription);
        snapshot = null;
        FollowRequest request = subscription.cursor().request();
        if (request.isConflated()) {
            byInterval
                    .computeIfAbsent(request.digestInterval().toMillis(), interval -> new LinkedHashSet<>())
                    .add(subscription);
        }
    }

    /** Removes a subscription and returns whether it was present. */
    boolean remove(Subscription subscription) {
        if (!all.remove(subscription)) {
            return false;
        }
        snapshot = null;
        long millis = subscription.cursor().request().digestInterval().toMillis();
        byInterval.computeIfPresent(millis, (interval, members) -> {
            members.remove(subscription);
            return members.isEmpty() ? null : members;
        });
        return true;
    }

    /** Returns all subscriptions. The caller may use the array without the lock, and must not change it. */
    Subscription[] snapshot() {
        if (snapshot == null) {
            snapshot = all.toArray(Subscription[]::new);
        }
        return snapshot;
    }

    /** Returns the largest lag of the subscriptions of a turn, in events. */
    long maxLag(Tick tick) {
        long maxLag = 0;
        Subscription[] examined = snapshot();
        for (int i = tick.first(); i < examined.length; i += tick.step()) {
            maxLag = Math.max(maxLag, examined[i].cursor().lag());
        }
        return maxLag;
    }

    /**
     * Returns the subscriptions whose interval has ended since the last call. Intervals end at multiples of their length, so that
     * all instances agree without state.
     *
     * @param epochMillis the present in milliseconds since 1970
     */
    List<Subscription> withEndedInterval(long epochMillis) {
        List<Subscription> due = new ArrayList<>();
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
