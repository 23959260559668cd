package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.LogEntry;

/**
 * The entries of one author in the ring, in order of offset, and the author's followers. It exists for each author in the ring, so
 * that a client that resumes finds the events that it missed. Guarded by its {@link Partition}.
 */
final class AuthorEntries {

    private static final LogEntry[] NO_ENTRIES = {}; // of a followed author without events

    // a circular buffer; its length is a power of two, or 0
    private LogEntry[] entries = NO_ENTRIES;
    private int start;
    private int size;
    private Followers followers;

    void add(LogEntry entry) {
        if (size == entries.length) {
            LogEntry[] larger = new LogEntry[Math.max(2, size * 2)];
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

    LogEntry get(int index) {
        return entries[start + index & entries.length - 1];
    }

    /** Returns the index of the first entry at an offset or after it; {@link #size()} if there is none. */
    int indexFrom(long offset) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = low + high >>> 1;
            if (get(middle).offset < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Returns whether there is an entry at an offset or after it. */
    boolean hasEntryFrom(long offset) {
        return size > 0 && get(size - 1).offset >= offset;
    }

    boolean isFollowed() {
        return followers != null;
    }

    /** Returns the author's followers, which are created if there are none. */
    Followers createFollowers() {
        if (followers == null) {
            followers = new Followers();
        }
        return followers;
    }

    /** Returns the author's followers; null if there are none. */
    Followers followers() {
        return followers;
    }

    void removeFollower(Follower follower) {
        followers.remove(follower);
        if (followers.isEmpty()) {
            followers = null;
        }
    }
}
