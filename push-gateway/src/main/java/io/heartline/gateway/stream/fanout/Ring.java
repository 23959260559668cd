package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.LogEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The latest records of a partition, also by author. Guarded by its {@link Partition}. */
final class Ring {

    private static final int DEFAULT_BYTES_PER_RECORD = 200;

    private final Deque<LogEntry> entries = new ArrayDeque<>();
    // the author entries of each entry, so that eviction needs no look-up
    private final Deque<AuthorEntries> entryOwners = new ArrayDeque<>();
    private final Map<String, AuthorEntries> authors = new HashMap<>();
    private long bytes;
    private long firstOffset;

    /**
     * The range of a ring.
     *
     * @param firstOffset the first offset in the ring, inclusive
     * @param nextOffset the next offset to read from the log
     * @param bytesPerRecord the approximate size of a record's value
     */
    record Span(long firstOffset, long nextOffset, long bytesPerRecord) {}

    /** @param firstOffset the lowest offset that may be added */
    Ring(long firstOffset) {
        this.firstOffset = firstOffset;
    }

    /** Returns the lowest offset from which on the ring still has each record that was added. */
    long firstOffset() {
        return firstOffset;
    }

    /** Returns the author's entries, which are created if there are none. */
    AuthorEntries entriesOf(String authorId) {
        return authors.computeIfAbsent(authorId, name -> new AuthorEntries());
    }

    /** Adds an entry to the ring, and to the entries of its author. */
    void add(LogEntry entry, AuthorEntries owner) {
        owner.add(entry);
        entries.add(entry);
        entryOwners.add(owner);
        bytes += entry.size();
    }

    /** Returns the range of this ring. The partition has read the log up to the next offset. */
    Span span(long nextOffset) {
        return new Span(firstOffset, nextOffset, bytesPerRecord());
    }

    /** Returns the average size of a record's value in bytes; an estimate while there is no record. */
    private long bytesPerRecord() {
        return entries.isEmpty()
                ? DEFAULT_BYTES_PER_RECORD
                : Math.max(1, bytes / entries.size() - LogEntry.OVERHEAD_BYTES);
    }

    int size() {
        return entries.size();
    }

    /** Returns the approximate memory of the entries. */
    long bytes() {
        return bytes;
    }

    /**
     * Removes the oldest entries.
     *
     * @param oldest the oldest entries, as they were counted
     * @param needed how much memory to free, in bytes
     * @return the part of the entries that need not be removed; null if all were removed
     */
    RingBudget.@Nullable Run evict(RingBudget.Run oldest, long needed) {
        int rest = oldest.entries();
        long freed = 0;
        while (rest > 0 && freed < needed) {
            freed += evictOldest().size();
            rest--;
        }
        return rest == 0 ? null : new RingBudget.Run(oldest.partition(), rest, oldest.bytes() - freed);
    }

    private LogEntry evictOldest() {
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

    /** Removes the author if there is neither an entry nor a follower. */
    void removeIfUnused(String authorId, AuthorEntries owner) {
        if (owner.size() == 0 && !owner.isFollowed()) {
            authors.remove(authorId);
        }
    }
}
