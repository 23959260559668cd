package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.digest.DigestSegments;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;

/**
 * The connections that follow one author. The cost to count an event and to select the groups to wake does not depend on the number
 * of followers. Guarded by its {@link Partition}.
 */
final class Followers {

    private final Set<ReadCursor> cursors = new HashSet<>();
    private final List<FollowerGroup> groups = new ArrayList<>(1); // one for each event loop
    private final DigestSegments segments = new DigestSegments();
    private Queue<ReadCursor> ahead; // null before the first
    // at most the next offset of each cursor that reads from the ring; isNeeded() computes it again
    private long lowestNextOffset = Long.MAX_VALUE;

    /**
     * Adds a follower.
     *
     * @param isAhead whether another instance has sent the client records that this one has yet to read
     */
    void add(ReadCursor cursor, boolean isAhead) {
        cursors.add(cursor);
        if (isAhead) {
            if (ahead == null) {
                ahead = new PriorityQueue<>(
                        Comparator.comparingLong((ReadCursor aheadCursor) -> aheadCursor.firstLive));
            }
            ahead.add(cursor);
        }
    }

    /** Wakes the connection for each later event. */
    void wakeOnEvents(Connection connection) {
        FollowerGroup group = groups.stream()
                .filter(other -> other.eventLoop() == connection.eventLoop())
                .findFirst()
                .orElse(null);
        if (group == null) {
            group = new FollowerGroup(connection.eventLoop());
            groups.add(group);
        }
        group.add(connection);
    }

    void remove(Connection connection) {
        cursors.remove(connection.cursor());
        if (ahead != null) {
            ahead.remove(connection.cursor());
        }
        groups.removeIf(group -> group.eventLoop() == connection.eventLoop() && group.remove(connection));
    }

    boolean isEmpty() {
        return cursors.isEmpty();
    }

    /** Returns the groups to wake, in a list that the caller may use without the lock. */
    List<FollowerGroup> groups() {
        return List.copyOf(groups);
    }

    /** Counts an event, adds it to the pending digests, and returns the number of followers for which it is live. */
    int addEvent(LogEntry entry) {
        while (ahead != null && !ahead.isEmpty() && ahead.element().firstLive <= entry.offset) {
            ahead.remove().startLive(segments.events());
        }
        segments.add(entry);
        return cursors.size() - (ahead == null ? 0 : ahead.size());
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
        for (ReadCursor cursor : cursors) {
            if (cursor.readsFromRing()) {
                trackCursor(cursor.nextOffset());
            }
        }
        return entry.offset >= lowestNextOffset;
    }

    /** Called before an entry is evicted that a cursor still has to read. */
    void beforeEviction(LogEntry entry) {
        cursors.forEach(cursor -> cursor.beforeEviction(entry));
    }
}
