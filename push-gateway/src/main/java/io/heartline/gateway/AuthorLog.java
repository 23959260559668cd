package io.heartline.gateway;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * An author's part of the ring, in order of offset, and who follows it here. Exists for every author in the ring, so that a
 * reader who comes back is found what it missed. Guarded by its {@link Partition}.
 */
final class AuthorLog {

    private static final Connection[] CHANGED = null;
    private static final Connection[] NOBODY = {};

    // a circular buffer; its length is a power of two
    private Entry[] entries = new Entry[2];
    private int start;
    private int size;
    private Set<Connection> connections;
    private Connection[] snapshot = NOBODY;
    // no joined connection's cursor is known to be below; recomputed only when an entry above it is about to go
    private long lowestCursor = Long.MAX_VALUE;

    void add(Entry entry) {
        if (size == entries.length) {
            Entry[] larger = new Entry[size * 2];
            for (int i = 0; i < size; i++) {
                larger[i] = get(i);
            }
            entries = larger;
            start = 0;
        }
        entries[start + size & entries.length - 1] = entry;
        size++;
    }

    void removeFirst() {
        entries[start] = null;
        start = start + 1 & entries.length - 1;
        size--;
    }

    int size() {
        return size;
    }

    Entry get(int index) {
        return entries[start + index & entries.length - 1];
    }

    /** The index of the first entry behind an offset; {@link #size()} if there is none. */
    int after(long offset) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = low + high >>> 1;
            if (get(middle).offset <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    void add(Connection connection) {
        if (connections == null) {
            connections = new LinkedHashSet<>();
        }
        connections.add(connection);
        snapshot = CHANGED;
    }

    /** A connection with this cursor is one to mind from now on. */
    void lower(long cursor) {
        lowestCursor = Math.min(lowestCursor, cursor);
    }

    boolean remove(Connection connection) {
        snapshot = CHANGED;
        return connections != null && connections.remove(connection);
    }

    boolean isFollowed() {
        return connections != null && !connections.isEmpty();
    }

    /** To be walked without the lock: sending may end connections, which takes it. */
    Connection[] connections() {
        if (snapshot == CHANGED) {
            snapshot = connections.toArray(Connection[]::new);
        }
        return snapshot;
    }

    /** Whether some joined connection still needs the entry; looks at each of them once in a ring's length, not once an entry. */
    boolean isNeeded(Entry entry) {
        if (entry.offset <= lowestCursor) {
            return false;
        }
        lowestCursor = Long.MAX_VALUE;
        for (Connection connection : connections()) {
            if (connection.joined) { // others read what they missed from the log itself
                lower(connection.cursor);
            }
        }
        return entry.offset > lowestCursor;
    }
}
