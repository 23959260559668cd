package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The authors that one cursor reads, and their entries in the ring, merged in order of offset. Guarded by the partition's lock. */
final class FollowedAuthors {

    private final List<Follower> followers = new ArrayList<>(1);

    void add(Follower follower) {
        followers.add(follower);
    }

    void remove(Follower follower) {
        followers.remove(follower);
    }

    /** Returns the followers. The caller must not change the list. */
    List<Follower> followers() {
        return followers;
    }

    boolean isEmpty() {
        return followers.isEmpty();
    }

    Set<String> names() {
        return followers.stream().map(Follower::author).collect(Collectors.toSet());
    }

    /** Returns the follower of an author; null if the cursor does not read the author, or no longer. */
    @Nullable
    Follower of(String author) {
        for (Follower follower : followers) {
            if (follower.author().equals(author)) {
                return follower;
            }
        }
        return null;
    }

    boolean hasEntryFrom(long offset) {
        for (Follower follower : followers) {
            if (follower.entries().hasEntryFrom(offset)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the number of entries at an offset and after it. */
    int countFrom(long offset) {
        int count = 0;
        for (Follower follower : followers) {
            AuthorEntries entries = follower.entries();
            count += entries.hasEntryFrom(offset) ? entries.size() - entries.indexFrom(offset) : 0;
        }
        return count;
    }

    /** Makes the ring call {@link ReadCursor#beforeEviction} before it evicts an entry at the offset or after it. */
    void trackCursor(long nextOffset) {
        for (Follower follower : followers) {
            follower.entries().followers().trackCursor(nextOffset);
        }
    }

    /** Returns the entries at an offset and after it. The result is valid until the lock is released. */
    Entries entriesFrom(long offset) {
        return new Entries(offset);
    }

    /** The entries of all authors in order of offset. */
    final class Entries {

        private final int[] next; // for each follower, the index of its next entry
        private int last; // the index of the follower of the last entry

        private Entries(long offset) {
            next = new int[followers.size()];
            for (int i = 0; i < next.length; i++) {
                AuthorEntries entries = followers.get(i).entries();
                next[i] = entries.hasEntryFrom(offset) ? entries.indexFrom(offset) : entries.size();
            }
        }

        /** Returns the next entry; null if there is none. */
        @Nullable
        LogEntry next() {
            LogEntry first = null;
            for (int i = 0; i < next.length; i++) {
                AuthorEntries entries = followers.get(i).entries();
                if (next[i] < entries.size()) {
                    LogEntry entry = entries.get(next[i]);
                    if (first == null || entry.offset < first.offset) {
                        first = entry;
                        last = i;
                    }
                }
            }
            if (first != null) {
                next[last]++;
            }
            return first;
        }

        /** Returns the follower of the last entry. */
        Follower follower() {
            return followers.get(last);
        }
    }
}
