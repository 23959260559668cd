package io.heartline.gateway.kafka.replay;

import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.LogEntry;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A cache of pages of one log, limited in bytes. It evicts the least recently used page first. Thread-safe. */
final class PageCache {

    // the approximate size of a page without events: an entry in both maps, a key and a list
    private static final int OVERHEAD_BYTES = 400;

    private final long maxBytes;
    private final Map<AuthorKey, NavigableMap<Long, History.Page>> pages = new HashMap<>();
    private final LinkedHashMap<PageKey, Long> sizes = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** An author and the partition that contains the author's records. */
    record AuthorKey(int partition, String id) {}

    private record PageKey(AuthorKey author, long from) {}

    PageCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Returns the rest of a cached page from an offset on.
     *
     * @param author the author of the page
     * @param from the first offset that the client needs, inclusive
     * @return a page that begins at the offset; null if no cached page covers the offset
     */
    synchronized History.Page get(AuthorKey author, long from) {
        NavigableMap<Long, History.Page> authorPages = pages.get(author);
        Map.Entry<Long, History.Page> nearest = authorPages == null ? null : authorPages.floorEntry(from);
        if (nearest == null || !nearest.getValue().covers(from)) {
            return null;
        }
        sizes.get(new PageKey(author, nearest.getKey())); // counts as a use
        return nearest.getValue().since(from);
    }

    /**
     * Adds a page and evicts others until the limit holds. A page larger than the limit is not kept.
     *
     * @param author the author of the page
     * @param from the first offset that the page covers
     * @param page the page; ignored if it covers no offset
     */
    synchronized void put(AuthorKey author, long from, History.Page page) {
        if (!page.covers(from)) {
            return;
        }
        long size = OVERHEAD_BYTES
                + page.entries().stream().mapToLong(LogEntry::size).sum();
        remove(new PageKey(author, from));
        pages.computeIfAbsent(author, key -> new TreeMap<>()).put(from, page);
        sizes.put(new PageKey(author, from), size);
        bytes += size;
        while (bytes > maxBytes) {
            remove(sizes.keySet().iterator().next());
        }
    }

    private void remove(PageKey key) {
        Long size = sizes.remove(key);
        if (size == null) {
            return;
        }
        bytes -= size;
        NavigableMap<Long, History.Page> authorPages = pages.get(key.author());
        authorPages.remove(key.from());
        if (authorPages.isEmpty()) {
            pages.remove(key.author());
        }
    }

    /** Returns the approximate memory of all pages, in bytes. */
    synchronized long bytes() {
        return bytes;
    }
}
