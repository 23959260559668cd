package io.heartline.gateway;

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
    private final Map<Author, NavigableMap<Long, LogReader.Page>> pages = new HashMap<>();
    private final LinkedHashMap<Place, Long> sizes = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** An author and the partition that contains the author's records. */
    record Author(int partition, String id) {}

    private record Place(Author author, long from) {}

    PageCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Returns what a cached page contains from an offset on.
     *
     * @param from the first offset that the client needs, inclusive
     * @return null if no cached page covers that offset
     */
    synchronized LogReader.Page get(Author author, long from) {
        NavigableMap<Long, LogReader.Page> ofAuthor = pages.get(author);
        Map.Entry<Long, LogReader.Page> nearest = ofAuthor == null ? null : ofAuthor.floorEntry(from);
        if (nearest == null || !nearest.getValue().covers(from)) {
            return null;
        }
        sizes.get(new Place(author, nearest.getKey())); // so that it counts as recently used
        return nearest.getValue().since(from);
    }

    /**
     * Adds a page, and evicts others until the bound holds. A page larger than the bound is not kept.
     *
     * @param from the first offset that the page covers
     */
    synchronized void put(Author author, long from, LogReader.Page page) {
        if (!page.covers(from)) {
            return;
        }
        long size =
                OVERHEAD_BYTES + page.entries().stream().mapToLong(Entry::size).sum();
        remove(new Place(author, from));
        pages.computeIfAbsent(author, key -> new TreeMap<>()).put(from, page);
        sizes.put(new Place(author, from), size);
        bytes += size;
        while (bytes > maxBytes) {
            remove(sizes.keySet().iterator().next());
        }
    }

    private void remove(Place place) {
        Long size = sizes.remove(place);
        if (size == null) {
            return;
        }
        bytes -= size;
        NavigableMap<Long, LogReader.Page> ofAuthor = pages.get(place.author());
        ofAuthor.remove(place.from());
        if (ofAuthor.isEmpty()) {
            pages.remove(place.author());
        }
    }

    /** Returns about how many bytes of memory its pages take. */
    synchronized long bytes() {
        return bytes;
    }
}
