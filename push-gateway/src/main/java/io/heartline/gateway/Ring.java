package io.heartline.gateway;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** The latest records of a partition, and each author's part of them. Guarded by its {@link Partition}. */
final class Ring {

    private static final int USUAL_BYTES = 200;

    private final Deque<Entry> entries = new ArrayDeque<>();
    // the log of each entry, so that eviction needs no look-up
    private final Deque<AuthorLog> logs = new ArrayDeque<>();
    private final Map<String, AuthorLog> authors = new HashMap<>();
    private long bytes;
    private long first;

    /** @param first the first offset that may be added */
    Ring(long first) {
        this.first = first;
    }

    /** Returns the lowest offset from which on every record that was added is still here. */
    long first() {
        return first;
    }

    /** Returns the author's part, which is created if there is none. */
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

    /** Returns the average size of a record's value in bytes; a guess while there is no record. */
    long bytesPerRecord() {
        return entries.isEmpty() ? USUAL_BYTES : Math.max(1, bytes / entries.size() - Entry.OVERHEAD_BYTES);
    }

    /** Removes the oldest entry and returns it. */
    Entry evictOldest() {
        Entry oldest = entries.element();
        AuthorLog log = logs.element();
        Followers followers = log.followers();
        if (followers != null && followers.isNeeded(oldest)) {
            followers.evicting(oldest);
        }
        entries.remove();
        logs.remove();
        bytes -= oldest.size();
        first = oldest.offset + 1;
        log.removeFirst();
        forget(oldest.author, log);
        return oldest;
    }

    /** Forgets the author if there is neither an entry nor a follower. */
    void forget(String authorId, AuthorLog log) {
        if (log.size() == 0 && !log.isFollowed()) {
            authors.remove(authorId);
        }
    }
}
