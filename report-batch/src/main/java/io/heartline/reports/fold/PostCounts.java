package io.heartline.reports.fold;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Likes by post: exact for 2 000 posts, and in bounded space for any number. A post too many takes the place of the last in
 * the ranking and goes on from its count, so that a count may be too high and never too low, all counts still add up, and
 * every post with more likes than the last has a place (A. Metwally et al., "Efficient Computation of Frequent and Top-k
 * Elements in Data Streams", 2005: Space-Saving). Who took whose place depends on the order of the likes.
 */
final class PostCounts {

    static final int CAPACITY = 2_000;
    private static final int BYTES_PER_POST = 150;

    private static final Comparator<Count> LOWEST_RANKED_FIRST = Comparator.<Count>comparingLong(
                    count -> count.queuedLikes)
            .thenComparing(count -> count.postId, Comparator.reverseOrder());

    private final Map<String, Count> counts = new HashMap<>();
    private PriorityQueue<Count> evictionQueue; // made when places get scarce, which for most authors is never

    /** A post's likes, of which {@code tooHighBy} at most are those of posts that had the place before. */
    static final class Count {

        final String postId;
        long likes;
        final long tooHighBy;
        private long queuedLikes;

        Count(String postId, long likes, long tooHighBy) {
            this.postId = postId;
            this.likes = likes;
            this.tooHighBy = tooHighBy;
        }
    }

    /** Reads what {@link #toBytes()} wrote. */
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

    /** How much memory they take, more or less: ids have up to 128 characters, and most have fewer. */
    int memoryBytes() {
        return counts.size() * BYTES_PER_POST;
    }

    /** Most liked first, ties by id. */
    List<Count> top(int posts) {
        return counts.values().stream()
                .sorted(Comparator.<Count>comparingLong(count -> -count.likes).thenComparing(count -> count.postId))
                .limit(posts)
                .toList();
    }

    /** All of them, by id: the same counts are always the same list. */
    List<Count> sortedById() {
        return counts.values().stream()
                .sorted(Comparator.comparing(count -> count.postId))
                .toList();
    }

    /**
     * By id, and each as the length of its id in a byte, the id in ASCII, the likes, and what they may be too high by: a
     * document of its own for each post would take most of the time that a report takes to load.
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
     * The queue keeps each count where it stood when it was queued. Since likes only ever grow, one that is still what it
     * was is the least, and one that has grown goes back to where it belongs now.
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
