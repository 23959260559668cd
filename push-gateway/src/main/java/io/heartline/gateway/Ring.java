package io.heartline.gateway;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The latest records of a partition, bounded by the bytes they take, and each author's part of them. Guarded by its
 * {@link Partition}.
 */
final class Ring {

    private final Deque<Entry> entries = new ArrayDeque<>();
    private final Deque<AuthorLog> logs =
            new ArrayDeque<>(); // of the entries, so that none is looked up when it leaves
    private final Map<String, AuthorLog> authors = new HashMap<>();
    private final long mostBytes;
    private long bytes;
    private long first;

    /** @param first the first offset that may be added */
    Ring(long first, long mostBytes) {
        this.first = first;
        this.mostBytes = mostBytes;
    }

    /** Everything of this offset and above that was added is here. */
    long first() {
        return first;
    }

    /** The author's part, which is made if there is none. */
    AuthorLog of(String authorId) {
        return authors.computeIfAbsent(authorId, name -> new AuthorLog());
    }

    /** @param log the part of the entry's author */
    void add(Entry entry, AuthorLog log) {
        log.add(entry);
        entries.add(entry);
        logs.add(log);
        bytes += entry.size();
    }

    /** Bytes that its entries take in memory, about. */
    long bytes() {
        return bytes;
    }

    boolean isOverfull() {
        return bytes > mostBytes;
    }

    Entry oldest() {
        return entries.element();
    }

    /** The part of the oldest entry's author. */
    AuthorLog logOfOldest() {
        return logs.element();
    }

    void removeOldest() {
        Entry oldest = entries.remove();
        bytes -= oldest.size();
        first = oldest.offset + 1;
        AuthorLog log = logs.remove();
        log.removeFirst();
        forget(oldest.author, log);
    }

    /** Unless something or somebody is left of the author. */
    void forget(String authorId, AuthorLog log) {
        if (log.size() == 0 && !log.isFollowed()) {
            authors.remove(authorId);
        }
    }
}
