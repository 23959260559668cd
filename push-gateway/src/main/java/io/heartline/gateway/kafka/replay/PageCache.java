package io.heartline.gateway.kafka.replay;

import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.LogEntry;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Pages of one log that were read recently, bounded by bytes. The least recently used page is evicted first. Thread-safe. */
final class PageCache {

    // about what a page without events takes: a place in both maps, a key and a list
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
     * Returns what a cached page contains from an offset on.
     *
     * @param from the first offset that the client needs, inclusive
     * @return null if no cached page covers that offset
     */
    synchronized History.Page get(AuthorKey author, long from) {
        NavigableMap<Long, History.Page> authorPages = pages.get(author);
        Map.Entry<Long, History.Page> nearest = authorPages == null ? null : authorPages.floorEntry(from);
        if (nearest == null || !nearest.getValue().covers(from)) {
            return null;
        }
        sizes.get(new PageKey(author, nearest.getKey())); // so that it counts as recently used
        return nearest.getValue().since(from);
    }

    /**
     * Adds a page, and evicts others until the bound holds. A page larger than the bound is not kept.
     *
     * @param from the first offset that the page covers
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

    /** Returns about how many bytes of memory its pages take. */
    synchronized long bytes() {
        return bytes;
    }
}
