package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.digest.DigestSegments;
import io.heartline.gateway.stream.wake.WakeGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;

/**
 * The followers of one author. The cost to count an event and to select the groups to wake does not depend on their number. Guarded by
 * its {@link Partition}.
 */
final class Followers {

    private final Set<Follower> followers = new HashSet<>();
    private final List<WakeGroup> groups = new ArrayList<>(1); // one for each event loop
    private final DigestSegments segments = new DigestSegments();
    private Queue<Follower> ahead; // null before the first
    // at most the next offset of each cursor that reads from the ring; isNeeded() computes it again
    private long lowestNextOffset = Long.MAX_VALUE;

    /**
     * Adds a follower.
     *
     * @param isAhead whether another instance has sent the client records that this one has yet to read
     */
    void add(Follower follower, boolean isAhead) {
        followers.add(follower);
        if (isAhead) {
            if (ahead == null) {
                ahead = new PriorityQueue<>(Comparator.comparingLong((Follower other) -> other.firstLive));
            }
            ahead.add(follower);
        } else {
            follower.startLive(segments.events());
        }
    }

    /** Wakes the follower for each later event. */
    void wakeOnEvents(Follower follower) {
        WakeGroup group = groups.stream()
                .filter(other -> other.eventLoop() == follower.eventLoop())
                .findFirst()
                .orElse(null);
        if (group == null) {
            group = new WakeGroup(follower.eventLoop());
            groups.add(group);
        }
        group.add(follower);
    }

    void remove(Follower follower) {
        followers.remove(follower);
        if (ahead != null) {
            ahead.remove(follower);
        }
        groups.removeIf(group -> group.eventLoop() == follower.eventLoop() && group.remove(follower));
    }

    Set<Follower> all() {
        return followers;
    }

    boolean isEmpty() {
        return followers.isEmpty();
    }

    /** Returns the groups to wake, in a list that the caller may use without the lock. */
    List<WakeGroup> groups() {
        return List.copyOf(groups);
    }

    /** Counts an event, adds it to the pending digests, and returns the number of followers for which it is live. */
    int addEvent(LogEntry entry) {
        while (ahead != null && !ahead.isEmpty() && ahead.element().firstLive <= entry.offset) {
            ahead.remove().startLive(segments.events());
        }
        segments.add(entry);
        return followers.size() - (ahead == null ? 0 : ahead.size());
    }

    DigestSegments segments() {
        return segments;
    }

    /**
     * Lowers the known minimum next offset of cursors that read from the ring.
     *
     * @param nextOffset the first offset that it has not read
     */
    void trackCursor(long nextOffset) {
        lowestNextOffset = Math.min(lowestNextOffset, nextOffset);
    }

    /** Returns whether a cursor still has to read the entry. Examines each cursor once per ring length, not once per entry. */
    boolean isNeeded(LogEntry entry) {
        if (entry.offset < lowestNextOffset) {
            return false;
        }
        lowestNextOffset = Long.MAX_VALUE;
        for (Follower follower : followers) {
            if (follower.cursor().readsFromRing()) {
                trackCursor(follower.cursor().nextOffset());
            }
        }
        return entry.offset >= lowestNextOffset;
    }

    /** Called before an entry is evicted that a cursor still has to read. */
    void beforeEviction(LogEntry entry) {
        followers.forEach(follower -> follower.cursor().beforeEviction(entry));
    }
}
