package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.connection.IndexedSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The subscriptions of a partition, also by their interval of digests. Guarded by its {@link Partition}. */
final class Subscriptions {

    private static final long SETTLED = -1;

    private final IndexedSet<Subscription> all = new IndexedSet<>();
    private final Map<Long, Set<Subscription>> byInterval = new HashMap<>(); // in milliseconds
    private final Set<Followers> unsettled = new HashSet<>(); // some of them may have events to receive
    private long lastEpochMillis = -1;

    void add(Subscription subscription) {
        all.add(subscription);
        subscription
                .cursor()
                .authors()
                .followers()
                .forEach(follower -> unsettled.add(follower.entries().followers()));
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
        long millis = subscription.cursor().request().digestInterval().toMillis();
        byInterval.computeIfPresent(millis, (interval, members) -> {
            members.remove(subscription);
            return members.isEmpty() ? null : members;
        });
        return true;
    }

    /** Returns all subscriptions, in a list that the caller may use without the lock. */
    List<Subscription> copy() {
        return all.copy();
    }

    /** Examines the followers of authors that have new events, until the followers have been sent everything. */
    void addUnsettled(Collection<Followers> followers) {
        unsettled.addAll(followers);
    }

    /**
     * Examines the followers that may have events to receive.
     *
     * @param behind receives the subscriptions that have events to receive, except those with an interval of digests
     * @return the largest lag in events
     */
    long examineUnsettled(List<Subscription> behind) {
        long maxLag = 0;
        for (Iterator<Followers> each = unsettled.iterator(); each.hasNext(); ) {
            long lag = each.next()
                    .all()
                    .mapToLong(follower -> unsettledEvents(follower, behind))
                    .max()
                    .orElse(SETTLED);
            if (lag == SETTLED) {
                each.remove();
            }
            maxLag = Math.max(maxLag, lag);
        }
        return maxLag;
    }

    /** Returns the lag of a follower that may have events to receive, which may be 0 during a replay; otherwise {@link #SETTLED}. */
    private static long unsettledEvents(Follower follower, List<Subscription> behind) {
        ReadCursor cursor = follower.cursor();
        long lag = cursor.lag();
        if (lag == 0 && !cursor.isBehind()) {
            return SETTLED;
        }
        if (!follower.isConflated()) { // a pending digest has a clock of its own
            behind.add(follower.subscription());
        }
        return lag;
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
