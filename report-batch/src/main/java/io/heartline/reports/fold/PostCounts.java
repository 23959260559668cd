package io.heartline.reports.fold;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Likes by post: exact for 2 000 posts, and in bounded memory for any number of posts. If there are more, a new post
 * replaces the lowest post of the ranking and continues from its count. So a count may be too high but never too low,
 * and all counts still add up. Every post with more likes than the lowest has a counter. The order of the likes decides
 * which post replaces which.
 *
 * <p>The algorithm is Space-Saving: A. Metwally et al., "Efficient Computation of Frequent and Top-k Elements in Data
 * Streams", 2005.
 */
final class PostCounts {

    static final int CAPACITY = 2_000;
    private static final int BYTES_PER_POST = 150;

    private static final Comparator<Count> LOWEST_RANKED_FIRST = Comparator.<Count>comparingLong(
                    count -> count.queuedLikes)
            .thenComparing(count -> count.postId, Comparator.reverseOrder());

    private final Map<String, Count> counts = new HashMap<>();
    private PriorityQueue<Count> evictionQueue; // created by the first eviction, which most authors never have

    /** A post's likes. At most {@code tooHighBy} of them belong to posts that it replaced. */
    static final class Count {

        final String postId;
        long likes;
        long tooHighBy;
        private long queuedLikes;

        Count(String postId, long likes, long tooHighBy) {
            this.postId = postId;
            this.likes = likes;
            this.tooHighBy = tooHighBy;
        }
    }

    /** Reads the bytes that {@link #toBytes()} returned. */
    static PostCounts of(byte[] bytes) {
        PostCounts posts = new PostCounts();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        while (in.hasRemaining()) {
            byte[] id = new byte[in.get() & 0xFF];
            in.get(id);
            String postId = new String(id, StandardCharsets.US_ASCII);
            posts.counts.put(postId, new Count(postId, in.getLong(), in.getLong()));
        }
        return posts;
    }

    void add(String postId, long likes) {
        Count count = counts.get(postId);
        if (count != null) {
            count.likes += likes;
        } else if (counts.size() < CAPACITY) {
            counts.put(postId, new Count(postId, likes, 0));
        } else {
            Count evicted = evictLowest();
            Count successor = new Count(postId, evicted.likes + likes, evicted.likes);
            counts.put(postId, successor);
            enqueue(successor);
        }
    }

    /** Returns the posts that have a counter. */
    Set<String> postIds() {
        return counts.keySet();
    }

    /** Returns whether some counts include likes of posts that were replaced. */
    boolean isShared() {
        return counts.values().stream().anyMatch(count -> count.tooHighBy > 0);
    }

    /**
     * Removes one like, so that the counts add up after a pair was removed. If the counts are shared, a post that was
     * replaced may return with a count that is too low by the number of removed likes.
     *
     * @param postId the post; null, or a post without a counter, if its likes are in another count
     */
    void removeLike(@Nullable String postId) {
        Count own = postId == null ? null : counts.get(postId);
        Count count = own == null
                ? counts.values().stream()
                        .max(Comparator.comparingLong(shared -> shared.tooHighBy))
                        .orElseThrow()
                : own;
        count.likes--;
        count.tooHighBy = own == null ? Math.max(0, count.tooHighBy - 1) : Math.min(count.tooHighBy, count.likes);
        if (count.likes == 0) {
            counts.remove(count.postId);
        }
        evictionQueue = null; // it relies on likes that only increase
    }

    /** Returns the approximate size in memory, in bytes. An id has up to 128 characters, and most ids have fewer. */
    int memoryBytes() {
        return counts.size() * BYTES_PER_POST;
    }

    /** Returns the most liked posts, most liked first, ties by id. */
    List<Count> top(int posts) {
        return counts.values().stream()
                .sorted(Comparator.<Count>comparingLong(count -> -count.likes).thenComparing(count -> count.postId))
                .limit(posts)
                .toList();
    }

    /** Returns all counts by id. The same counts always result in the same list. */
    List<Count> sortedById() {
        return counts.values().stream()
                .sorted(Comparator.comparing(count -> count.postId))
                .toList();
    }

    /**
     * Returns all counts by id. Each count has the length of its id in one byte, the id in ASCII, the likes, and their
     * maximum error. With a document for each post, loading the posts would take most of the time of loading a report.
     */
    byte[] toBytes() {
        List<Count> all = sortedById();
        int length = all.stream()
                .mapToInt(count -> 1 + count.postId.length() + 2 * Long.BYTES)
                .sum();
        ByteBuffer out = ByteBuffer.allocate(length);
        for (Count count : all) {
            out.put((byte) count.postId.length())
                    .put(count.postId.getBytes(StandardCharsets.US_ASCII))
                    .putLong(count.likes)
                    .putLong(count.tooHighBy);
        }
        return out.array();
    }

    /**
     * Removes the lowest count. The queue orders counts by their likes when they were queued. Likes only increase, so a
     * head with unchanged likes is the lowest count. A head with more likes is queued again by its current likes.
     */
    private Count evictLowest() {
        if (evictionQueue == null) {
            evictionQueue = new PriorityQueue<>(CAPACITY, LOWEST_RANKED_FIRST);
            counts.values().forEach(this::enqueue);
        }
        Count lowest = evictionQueue.remove();
        while (lowest.likes != lowest.queuedLikes) {
            enqueue(lowest);
            lowest = evictionQueue.remove();
        }
        counts.remove(lowest.postId);
        return lowest;
    }

    private void enqueue(Count count) {
        count.queuedLikes = count.likes;
        evictionQueue.add(count);
    }
}
