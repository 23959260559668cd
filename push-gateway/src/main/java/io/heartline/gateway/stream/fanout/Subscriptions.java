package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.connection.IndexedSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The subscriptions of a partition, also by their interval of digests. Guarded by its {@link Partition}. */
final class Subscriptions {

    /** The maximum number of followers that are examined in one step, so that the partition's lock is not held for long. */
    private static final int MAX_EXAMINED = 1_000;

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
     * Returns the followers that may have events to receive. The caller passes each part to {@link #examine}, and releases the lock
     * between two parts, because an author may have many followers.
     */
    List<List<Follower>> takeUnsettled() {
        List<Follower> followers = unsettled.stream().flatMap(Followers::all).toList();
        unsettled.clear();
        List<List<Follower>> parts = new ArrayList<>();
        for (int i = 0; i < followers.size(); i += MAX_EXAMINED) {
            parts.add(followers.subList(i, Math.min(i + MAX_EXAMINED, followers.size())));
        }
        return parts;
    }

    /**
     * Examines followers. The next {@link #takeUnsettled} returns the followers again that have events to receive.
     *
     * @param behind receives the subscriptions that have events to receive, except those with an interval of digests
     * @return the largest lag in events
     */
    long examine(List<Follower> followers, List<Subscription> behind) {
        long maxLag = 0;
        for (Follower follower : followers) {
            ReadCursor cursor = follower.cursor();
            long lag = cursor.lag();
            Followers ofAuthor = follower.entries().followers(); // null if the last one was removed meanwhile
            if (ofAuthor != null && (lag > 0 || cursor.isBehind())) {
                unsettled.add(ofAuthor);
                if (!follower.isConflated()) { // a pending digest has a clock of its own
                    behind.add(follower.subscription());
                }
            }
            maxLag = Math.max(maxLag, lag);
        }
        return maxLag;
    }

    /**
     * Ends the intervals of digests that have ended since the last call. Intervals end at multiples of their length, so that all
     * instances agree without state.
     *
     * @param epochMillis the present in milliseconds since 1970
     * @return the subscriptions that may have a digest to send. The digest that began last is first, because the others contain it
     */
    List<Subscription> endIntervals(long epochMillis) {
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
        due.removeIf(subscription -> !subscription.cursor().endInterval());
        Collections.reverse(due);
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
