package io.heartline.gateway.kafka.replay;

import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.LogEntry;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** A cache of pages of one log, limited in bytes. It evicts the least recently used page first. Thread-safe. */
final class PageCache {

    // the approximate size of a page without events: an entry in both maps, a key and a list
    private static final int OVERHEAD_BYTES = 400;
    // the approximate size of an author in a key without the characters: a string and a place in a set
    private static final int AUTHOR_BYTES = 64;

    private final long maxBytes;
    private final Map<AuthorsKey, NavigableMap<Long, History.Page>> pages = new HashMap<>();
    private final LinkedHashMap<PageKey, Long> sizes = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** Authors whose records a page has, and the partition that contains them. */
    record AuthorsKey(int partition, Set<String> authors) {

        static AuthorsKey of(History.Request request) {
            return new AuthorsKey(request.partition(), request.authors());
        }

        /** Returns the approximate memory of the key, in bytes. */
        long size() {
            return authors.stream()
                    .mapToLong(author -> AUTHOR_BYTES + author.length())
                    .sum();
        }
    }

    private record PageKey(AuthorsKey authors, long from) {}

    PageCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Returns the rest of a cached page from an offset on.
     *
     * @param authors the authors of the page
     * @param from the first offset that the client needs, inclusive
     * @return a page that begins at the offset; null if no cached page covers the offset
     */
    synchronized History.Page get(AuthorsKey authors, long from) {
        NavigableMap<Long, History.Page> authorsPages = pages.get(authors);
        Map.Entry<Long, History.Page> nearest = authorsPages == null ? null : authorsPages.floorEntry(from);
        if (nearest == null || !nearest.getValue().covers(from)) {
            return null;
        }
        sizes.get(new PageKey(authors, nearest.getKey())); // counts as a use
        return nearest.getValue().since(from);
    }

    /**
     * Adds a page and evicts others until the limit holds. A page larger than the limit is not kept.
     *
     * @param authors the authors of the page
     * @param from the first offset that the page covers
     * @param page the page; ignored if it covers no offset
     */
    synchronized void put(AuthorsKey authors, long from, History.Page page) {
        if (!page.covers(from)) {
            return;
        }
        long size = OVERHEAD_BYTES
                + authors.size()
                + page.entries().stream().mapToLong(LogEntry::size).sum();
        remove(new PageKey(authors, from));
        pages.computeIfAbsent(authors, key -> new TreeMap<>()).put(from, page);
        sizes.put(new PageKey(authors, from), size);
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
        NavigableMap<Long, History.Page> authorsPages = pages.get(key.authors());
        authorsPages.remove(key.from());
        if (authorsPages.isEmpty()) {
            pages.remove(key.authors());
        }
    }

    /** Returns the approximate memory of all pages, in bytes. */
    synchronized long bytes() {
        return bytes;
    }
}
