package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.digest.DigestSegments;
import io.heartline.gateway.stream.wake.WakeGroup;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * The followers of one author. The cost to count an event and to select the groups to wake does not depend on their number. Guarded by
 * its {@link Partition}.
 */
final class Followers {

    private List<WakeGroup<Follower>> groups = List.of(); // one for each event loop, without the conflated followers
    private Set<Follower> conflated = Set.of(); // with an interval of digests, at whose end they are woken
    private int size;
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
        size++;
        if (!follower.isConflated()) {
            groupOf(follower.eventLoop()).add(follower);
        } else {
            conflated = conflated.isEmpty() ? new HashSet<>() : conflated;
            conflated.add(follower);
        }
        if (isAhead) {
            if (ahead == null) {
                ahead = new PriorityQueue<>(Comparator.comparingLong((Follower other) -> other.firstLive));
            }
            ahead.add(follower);
        } else {
            follower.startLive(segments.events());
        }
    }

    private WakeGroup<Follower> groupOf(Executor eventLoop) {
        for (WakeGroup<Follower> group : groups) {
            if (group.eventLoop() == eventLoop) {
                return group;
            }
        }
        WakeGroup<Follower> added = new WakeGroup<>(eventLoop);
        groups = compact(Stream.concat(groups.stream(), Stream.of(added)));
        return added;
    }

    void remove(Follower follower) {
        size--;
        if (ahead != null) {
            ahead.remove(follower);
        }
        if (follower.isConflated()) {
            conflated.remove(follower);
            return;
        }
        WakeGroup<Follower> group = groupOf(follower.eventLoop());
        if (group.remove(follower)) {
            groups = compact(groups.stream().filter(other -> other != group));
        }
    }

    /** Returns a list that has no array while it has one or two elements. */
    private static <T> List<T> compact(Stream<T> elements) {
        return List.copyOf(elements.toList());
    }

    boolean isEmpty() {
        return size == 0;
    }

    Stream<Follower> all() {
        return Stream.concat(groups.stream().flatMap(group -> group.members().stream()), conflated.stream());
    }

    /** Returns the groups to wake for an event, in a list that the caller may use without the lock. */
    List<WakeGroup<Follower>> groups() {
        return groups;
    }

    /** Counts an event, adds it to the pending digests, and returns the number of followers for which it is live. */
    int addEvent(LogEntry entry) {
        while (ahead != null && !ahead.isEmpty() && ahead.element().firstLive <= entry.offset) {
            ahead.remove().startLive(segments.events());
        }
        segments.add(entry);
        return size - (ahead == null ? 0 : ahead.size());
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
        all().map(Follower::cursor)
                .filter(ReadCursor::readsFromRing)
                .forEach(cursor -> trackCursor(cursor.nextOffset()));
        return entry.offset >= lowestNextOffset;
    }

    /** Called before an entry is evicted that a cursor still has to read. */
    void beforeEviction(LogEntry entry) {
        all().forEach(follower -> follower.cursor().beforeEviction(entry));
    }
}
