package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.LogEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** The latest records of a partition, and each author's part of them. Guarded by its {@link Partition}. */
final class Ring {

    private static final int DEFAULT_BYTES_PER_RECORD = 200;

    private final Deque<LogEntry> entries = new ArrayDeque<>();
    // the log of each entry, so that eviction needs no look-up
    private final Deque<AuthorEntries> entryOwners = new ArrayDeque<>();
    private final Map<String, AuthorEntries> authors = new HashMap<>();
    private long bytes;
    private long firstOffset;

    /** @param firstOffset the first offset that may be added */
    Ring(long firstOffset) {
        this.firstOffset = firstOffset;
    }

    /** Returns the lowest offset from which on every record that was added is still here. */
    long firstOffset() {
        return firstOffset;
    }

    /** Returns the author's part, which is created if there is none. */
    AuthorEntries entriesOf(String authorId) {
        return authors.computeIfAbsent(authorId, name -> new AuthorEntries());
    }

    /** @param owner the part of the entry's author */
    void add(LogEntry entry, AuthorEntries owner) {
        owner.add(entry);
        entries.add(entry);
        entryOwners.add(owner);
        bytes += entry.size();
    }

    /** Returns the average size of a record's value in bytes; a guess while there is no record. */
    long bytesPerRecord() {
        return entries.isEmpty()
                ? DEFAULT_BYTES_PER_RECORD
                : Math.max(1, bytes / entries.size() - LogEntry.OVERHEAD_BYTES);
    }

    /** Removes the oldest entry and returns it. */
    LogEntry evictOldest() {
        LogEntry oldest = entries.element();
        AuthorEntries owner = entryOwners.element();
        Followers followers = owner.followers();
        if (followers != null && followers.isNeeded(oldest)) {
            followers.beforeEviction(oldest);
        }
        entries.remove();
        entryOwners.remove();
        bytes -= oldest.size();
        firstOffset = oldest.offset + 1;
        owner.removeFirst();
        removeIfUnused(oldest.author, owner);
        return oldest;
    }

    /** Forgets the author if there is neither an entry nor a follower. */
    void removeIfUnused(String authorId, AuthorEntries owner) {
        if (owner.size() == 0 && !owner.isFollowed()) {
            authors.remove(authorId);
        }
    }
}
