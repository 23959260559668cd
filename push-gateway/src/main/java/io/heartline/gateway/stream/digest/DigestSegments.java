package io.heartline.gateway.stream.digest;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.LogEntry;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/**
 * The sums of one author's events, cut into segments wherever a pending digest begins or ends. A digest is then the sum of
 * the segments from its begin to its end. So an event costs one addition, however many clients wait for a digest, and clients
 * whose digests begin and end together receive the same frame. Guarded by the partition's lock.
 */
public final class DigestSegments {

    /** Sums that are kept whole, which takes memory for each post. */
    private static final int MAX_CACHED_SUMS = 16;

    private final Map<String, Integer> requiredPosts = new HashMap<>();
    private final Queue<Sum> cachedSums = new ArrayDeque<>(0);
    private Segment newest; // null while no digest is pending
    private long events; // of the author since it has followers

    /** Events between two places where digests begin or end. */
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

    /** What a range of segments contains for clients that want the same posts. */
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

        /** Returns the frame; the same one for clients that were sent the same position before. Null if no event matches. */
        Frame frame(Position from) {
            if (digest.events() > 0 && !from.equals(lastFrom)) {
                lastFrame = digest.frame(from);
                lastFrom = from;
            }
            return lastFrame;
        }

        /** Adds these events to those before them. */
        void addTo(Digest earlier) {
            earlier.add(digest, posts);
        }
    }

    /** Returns the segment that starts now, and pins it: until it is released, no event from before is added to it. */
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

    /** Gives back a pin. A segment that no digest needs becomes part of the one before it, or is dropped. */
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

    /** Has events of these posts counted post by post from now on, until {@link #releasePosts}. Call it before {@link #begin}. */
    void requirePosts(Set<String> posts) {
        posts.forEach(post -> requiredPosts.merge(post, 1, Integer::sum));
    }

    void releasePosts(Set<String> posts) {
        posts.forEach(post -> requiredPosts.computeIfPresent(post, (name, count) -> count == 1 ? null : count - 1));
    }

    /** Counts an event, and adds it to every pending digest. */
    public void add(LogEntry entry) {
        events++;
        if (newest != null) {
            newest.sums.add(entry, requiredPosts.keySet());
        }
    }

    /** Returns how many events of the author there have been since it has followers. */
    public long events() {
        return events;
    }

    /**
     * Sums up the events from a segment on.
     *
     * @param end the first segment that does not count; null to include everything
     * @param posts only these; empty for all
     * @param needsPosts whether the sum is to be added to another digest
     */
    Sum sum(Segment from, Segment end, Set<String> posts, boolean needsPosts) {
        long last = end == null ? events : end.begin;
        Sum cached = from.lastSum;
        if (cached == null || !cached.matches(last, posts) || needsPosts && !cached.hasAllPosts) {
            cached = new Sum(last, posts, merge(from, end, last, posts));
            from.lastSum = cached;
            cachedSums.add(cached);
            if (cachedSums.size() > MAX_CACHED_SUMS) {
                cachedSums.remove().dropPosts();
            }
        }
        return cached;
    }

    /** Returns whether an event of one of these posts is in a segment or one after it. */
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
                cachedTail.addTo(digest); // of digests that end together, the last to begin is summed up first
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

    /** Returns how many events there are from a segment on, of any post; parameters are those of {@link #sum}. */
    long events(Segment from, Segment end) {
        return (end == null ? events : end.begin) - from.begin;
    }
}
