package io.heartline.gateway.stream.digest;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.LogEntry;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sums of one author's events, in segments that are divided where a pending digest begins or ends. A digest is the sum of the
 * segments from its begin to its end. So an event costs one addition for any number of waiting clients. Clients whose digests begin
 * and end together receive the same frame. Guarded by the partition's lock.
 */
public final class DigestSegments {

    /** The maximum number of cached sums with counts by post, because each post needs memory. */
    private static final int MAX_CACHED_SUMS = 16;

    private Map<String, Integer> requiredPosts = Map.of(); // immutable while it is empty
    private @Nullable Queue<Sum> cachedSums; // null before the first
    private Segment newest; // null while no digest is pending
    private long events; // of the author since it has followers

    /** The events between two consecutive begins or ends of digests. */
    static final class Segment {

        private final long begin; // in events of the author since it has followers
        private final Digest sums = new Digest();
        private Segment previous;
        private Segment next;
        private int references;
        private Sum lastSum;

        private Segment(long begin, Segment previous) {
            this.begin = begin;
            this.previous = previous;
        }
    }

    /** The sums of a range of segments, for clients that want the same posts. */
    static final class Sum {

        private final long end; // in events of the author, as a segment's begin
        private final Set<String> posts;
        private final Digest digest;
        private boolean hasAllPosts = true; // whether it can be added to another digest
        private Frame lastFrame;
        private Position lastFrom;

        private Sum(long end, Set<String> posts, Digest digest) {
            this.end = end;
            this.posts = posts;
            this.digest = digest;
        }

        private boolean matches(long last, Set<String> wanted) {
            return end == last && posts.equals(wanted);
        }

        private void dropPosts() {
            hasAllPosts = false;
            digest.dropPosts();
        }

        /** Returns how many events match. */
        long matching() {
            return digest.events();
        }

        /** Returns the frame; null if no event matches. Clients that were sent the same position before receive the same frame. */
        Frame frame(Position from) {
            if (digest.events() > 0 && !from.equals(lastFrom)) {
                lastFrame = digest.frame(from);
                lastFrom = from;
            }
            return lastFrame;
        }

        /** Returns the events; null if no event matches. */
        @Nullable
        Digest digest() {
            return digest.events() > 0 ? digest : null;
        }

        /** Adds these events to the digest of the events before them. */
        void addTo(Digest earlier) {
            earlier.add(digest, posts);
        }
    }

    /** Returns the segment that starts now, and pins it. Until it is released, it is not merged with the segment before it. */
    Segment begin() {
        if (newest == null) {
            newest = new Segment(events, null);
        } else if (newest.sums.events() > 0) {
            Segment last = newest;
            newest = new Segment(events, last);
            last.next = newest;
        }
        newest.references++;
        return newest;
    }

    /** Releases a pin. A segment without pins is added to the segment before it, or dropped if there is none. */
    void release(Segment segment) {
        segment.references--;
        if (segment.references > 0) {
            return;
        }
        Segment previous = segment.previous;
        Segment next = segment.next;
        if (previous != null) {
            previous.sums.add(segment.sums, requiredPosts.keySet());
            previous.next = next;
        }
        if (next != null) {
            next.previous = previous;
        } else {
            newest = previous;
        }
    }

    /** Counts events of these posts by post, until {@link #releasePosts}. Must be called before {@link #begin}. */
    void requirePosts(Set<String> posts) {
        if (!posts.isEmpty() && requiredPosts.isEmpty()) {
            requiredPosts = new HashMap<>();
        }
        posts.forEach(post -> requiredPosts.merge(post, 1, Integer::sum));
    }

    void releasePosts(Set<String> posts) {
        posts.forEach(post -> requiredPosts.computeIfPresent(post, (name, count) -> count == 1 ? null : count - 1));
    }

    /**
     * Counts an event, and adds it to each pending digest.
     *
     * @param entry an entry of the author, which was decoded as an event
     */
    public void add(LogEntry entry) {
        events++;
        if (newest != null) {
            newest.sums.add(entry, requiredPosts.keySet());
        }
    }

    /**
     * Returns how many events of the author were counted since it has followers.
     *
     * @return the number of events
     */
    public long events() {
        return events;
    }

    /**
     * Returns the sums of the events from a segment on.
     *
     * @param from the first segment, inclusive
     * @param end the end of the range, exclusive; null for all later segments
     * @param posts the posts whose events are summed up; empty for all posts
     * @param needsPosts whether the sum is to be added to another digest
     */
    Sum sum(Segment from, Segment end, Set<String> posts, boolean needsPosts) {
        long last = end == null ? events : end.begin;
        Sum cached = from.lastSum;
        if (cached == null || !cached.matches(last, posts) || needsPosts && !cached.hasAllPosts) {
            cached = new Sum(last, posts, merge(from, end, last, posts));
            from.lastSum = cached;
            if (cachedSums == null) {
                cachedSums = new ArrayDeque<>();
            }
            cachedSums.add(cached);
            if (cachedSums.size() > MAX_CACHED_SUMS) {
                cachedSums.remove().dropPosts();
            }
        }
        return cached;
    }

    /** Returns whether an event of one of these posts is in a segment or in a later segment. */
    static boolean contains(Segment from, Set<String> posts) {
        for (Segment segment = from; segment != null; segment = segment.next) {
            if (segment.sums.contains(posts)) {
                return true;
            }
        }
        return false;
    }

    private static Digest merge(Segment from, Segment end, long last, Set<String> posts) {
        Digest digest = new Digest();
        for (Segment segment = from; segment != end && segment != null; segment = segment.next) {
            Sum cachedTail = segment.lastSum;
            if (cachedTail != null && cachedTail.hasAllPosts && cachedTail.matches(last, posts)) {
                cachedTail.addTo(digest); // of digests that end together, the digest that began last is summed up first
                break;
            }
            if (posts.isEmpty()) {
                digest.add(segment.sums, Set.of());
            } else {
                digest.addPosts(posts, segment.sums);
            }
        }
        return digest;
    }

    /** Returns the number of events of all posts in a range of segments. The parameters have the meaning of {@link #sum}. */
    long events(Segment from, Segment end) {
        return (end == null ? events : end.begin) - from.begin;
    }
}
