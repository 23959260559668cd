package io.heartline.gateway.stream.digest;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.LogEntry;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The sums of consecutive events of one author. The sums are exact. The ranking is exact up to {@value #MAX_POSTS} posts. Beyond
 * that number it contains the posts that were counted first, and the posts that a client has asked for by name.
 */
final class Digest {

    private static final int MAX_POSTS = 1_000;
    private static final int MAX_RANKED_POSTS = 10;

    private final Map<String, Counts> byPost = new HashMap<>();
    private Position to;
    private List<Map.Entry<String, Long>> ranking; // null if an event was added after it was computed
    private long liked;
    private long unliked;

    /** The events of one post. Mutable, so that an event costs one look-up and no allocation. */
    private static final class Counts {

        private long liked;
        private long unliked;
    }

    void add(LogEntry entry) {
        add(entry, Set.of());
    }

    /** @param required posts that are counted even beyond {@value #MAX_POSTS} posts */
    void add(LogEntry entry, Set<String> required) {
        advanceTo(entry.frame().position());
        Counts counts = countsOf(entry.postId(), required);
        if (entry.liked()) {
            add(1, 0, counts);
        } else {
            add(0, 1, counts);
        }
    }

    /**
     * Adds the events of a later digest.
     *
     * @param required as for {@link #add(LogEntry, Set)}
     */
    void add(Digest later, Set<String> required) {
        if (later.events() == 0) {
            return;
        }
        advanceTo(later.to);
        liked += later.liked;
        unliked += later.unliked;
        later.byPost.forEach((post, counts) -> {
            Counts existing = countsOf(post, required);
            if (existing != null) {
                existing.liked += counts.liked;
                existing.unliked += counts.unliked;
            }
        });
    }

    /**
     * Adds the events of some posts from a later digest. Each of these posts must have been required when the other digest
     * counted its events.
     */
    void addPosts(Set<String> posts, Digest later) {
        for (String post : posts) {
            Counts counts = later.byPost.get(post);
            if (counts != null) {
                advanceTo(later.to);
                add(counts.liked, counts.unliked, countsOf(post, posts));
            }
        }
    }

    /** Returns whether an event of one of these posts was counted. Each of these posts must have been required. */
    boolean contains(Set<String> posts) {
        return posts.stream().anyMatch(byPost::containsKey);
    }

    private void add(long addedLiked, long addedUnliked, Counts counts) {
        liked += addedLiked;
        unliked += addedUnliked;
        if (counts != null) {
            counts.liked += addedLiked;
            counts.unliked += addedUnliked;
        }
    }

    private Counts countsOf(String post, Set<String> required) {
        Counts counts = byPost.get(post);
        if (counts == null && (byPost.size() < MAX_POSTS || required.contains(post))) {
            counts = new Counts();
            byPost.put(post, counts);
        }
        return counts;
    }

    private void advanceTo(Position last) {
        to = last;
        ranking = null;
    }

    /** Returns how many events this digest sums up. */
    long events() {
        return liked + unliked;
    }

    /** Returns the position of the last event, of which there must be at least one. */
    Position last() {
        return to;
    }

    /**
     * Returns the members of these events in the JSON of a frame.
     *
     * @return {@code "liked":990,"unliked":10,"posts":[…]}
     */
    String sums() {
        if (ranking == null) {
            ranking = rank();
        }
        return "\"liked\":" + liked + ",\"unliked\":" + unliked + ",\"posts\":"
                + ranking.stream()
                        .map(post -> "{\"postId\":\"" + post.getKey() + "\",\"liked\":" + post.getValue() + "}")
                        .collect(Collectors.joining(",", "[", "]"));
    }

    /**
     * Returns the frame for these events, of which there must be at least one.
     *
     * @param from the last position that the client was sent, before the first of these events
     */
    Frame frame(Position from) {
        return DigestFrames.of(from, to, sums());
    }

    long liked() {
        return liked;
    }

    long unliked() {
        return unliked;
    }

    /** Computes the ranking, and drops the counts by post. */
    void dropPosts() {
        ranking = rank();
        byPost.clear();
    }

    private List<Map.Entry<String, Long>> rank() {
        return byPost.entrySet().stream()
                .filter(post -> post.getValue().liked > 0)
                .sorted(Comparator.comparingLong((Map.Entry<String, Counts> post) -> -post.getValue().liked)
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MAX_RANKED_POSTS)
                .map(post -> Map.entry(post.getKey(), post.getValue().liked))
                .toList();
    }
}
