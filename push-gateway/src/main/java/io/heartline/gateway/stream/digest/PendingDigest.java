package io.heartline.gateway.stream.digest;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.digest.DigestSegments.Segment;
import io.heartline.gateway.stream.digest.DigestSegments.Sum;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The digest that a client has yet to receive. It contains entries that were added one by one, and later events by the author's
 * {@link DigestSegments}. Guarded by the partition's lock.
 */
public final class PendingDigest {

    private final Set<String> posts;
    private Digest added; // null if no entry was added
    private long oldestLoggedAt; // of the entries that were added
    private boolean hasMatch; // an event in the segments is known to match
    private long addedLive;
    private long addedReplayed;
    private Segment begin; // null while entries are added one by one
    private Segment end; // the first segment after the ended interval; null while the interval lasts

    /**
     * Creates a digest without events, which is not attached.
     *
     * @param posts the posts that the client wants; empty for all posts
     */
    public PendingDigest(Set<String> posts) {
        this.posts = posts;
    }

    /** The events of a digest, and their outcomes. */
    public static final class Taken {

        private final @Nullable Sum sum; // if it has all events
        private final @Nullable Digest digest;
        private final long live;
        private final long filtered;
        private final long replayed;

        private Taken(@Nullable Sum sum, @Nullable Digest digest, long live, long filtered, long replayed) {
            this.sum = sum;
            this.digest = digest;
            this.live = live;
            this.filtered = filtered;
            this.replayed = replayed;
        }

        /**
         * Returns the frame of one author's digest. Clients with the same digest and position share it.
         *
         * @param from the last position that the client was sent
         * @return the frame; null if no event matches
         */
        public @Nullable Frame frame(Position from) {
            return sum != null ? sum.frame(from) : digest == null ? null : digest.frame(from);
        }

        /** Returns the events; null if no event matches. */
        @Nullable
        Digest digest() {
            return digest;
        }

        /** {@return the number of live events in the digest} */
        public long live() {
            return live;
        }

        /** {@return the number of live events of posts that the client does not want} */
        public long filtered() {
            return filtered;
        }

        /** {@return the number of events in the digest that the client missed before its first live offset} */
        public long replayed() {
            return replayed;
        }
    }

    /**
     * Adds an event that the client wants.
     *
     * @param entry the event
     * @param live whether the event is live for the client
     */
    public void add(LogEntry entry, boolean live) {
        if (added == null) {
            added = new Digest();
            oldestLoggedAt = entry.loggedAt();
        }
        added.add(entry);
        if (live) {
            addedLive++;
        } else {
            addedReplayed++;
        }
    }

    /**
     * Includes the author's later events in this digest.
     *
     * @param segments the segments of the author
     */
    public void attach(DigestSegments segments) {
        segments.requirePosts(posts);
        begin = segments.begin();
    }

    /**
     * Returns when Kafka took the first event that was added.
     *
     * @return milliseconds since 1970; null if no event was added
     */
    public @Nullable Long oldestLoggedAt() {
        return added == null ? null : oldestLoggedAt;
    }

    /**
     * Returns whether the digest contains an event that the client wants. If it does not, {@link #discard} makes the next call
     * cheap, because that call then examines later segments only.
     *
     * @param segments the segments of the author
     * @return true if the digest has a frame
     */
    public boolean hasEvents(DigestSegments segments) {
        if (added != null || hasMatch) {
            return true;
        }
        if (eventsInSegments(segments) > 0) {
            hasMatch = posts.isEmpty() || DigestSegments.contains(begin, posts);
        }
        return hasMatch;
    }

    /** Returns the number of events of all posts that the segments add. */
    private long eventsInSegments(DigestSegments segments) {
        return begin == null ? 0 : segments.events(begin, end);
    }

    /**
     * Ends the interval now. Later events belong to the next digest.
     *
     * @param segments the segments of the author
     */
    public void endInterval(DigestSegments segments) {
        if (begin != null) {
            if (end != null) {
                segments.release(end); // the client's socket was full for a whole interval
            }
            end = segments.begin();
        }
    }

    /**
     * Includes the events after the end of the interval, so that the digest has no end before the present.
     *
     * @param segments the segments of the author
     */
    public void continueToPresent(DigestSegments segments) {
        if (end != null) {
            segments.release(end);
            end = null;
        }
    }

    /**
     * Takes the digest up to the end of its interval. If the interval has not ended, the digest contains all events.
     *
     * @param segments the segments of the author
     * @param continues whether the next digest begins where this one ends; otherwise the digest is detached from the segments
     * @return the events and the outcomes
     */
    public Taken take(DigestSegments segments, boolean continues) {
        Sum sum = null;
        long live = addedLive;
        long filtered = 0;
        hasMatch = false;
        if (begin != null) {
            sum = segments.sum(begin, end, posts, added != null);
            live += sum.matching();
            filtered = eventsInSegments(segments) - sum.matching();
            if (added != null) {
                sum.addTo(added);
            }
            detach(segments, continues);
        }
        Taken taken = added != null
                ? new Taken(null, added, live, filtered, addedReplayed)
                : new Taken(sum, sum == null ? null : sum.digest(), live, filtered, addedReplayed);
        added = null;
        addedLive = 0;
        addedReplayed = 0;
        return taken;
    }

    private void detach(DigestSegments segments, boolean continues) {
        Segment taken = begin;
        if (!continues) {
            segments.releasePosts(posts);
            begin = null;
        } else if (end != null) {
            begin = end; // with its pin
            end = null;
        } else {
            begin = segments.begin();
        }
        segments.release(taken);
    }

    /**
     * Drops a digest without a matching event, and begins the next one now. So no digest begins before a position that the client
     * was sent.
     *
     * @param segments the segments of the author
     * @param continues whether the next digest begins now; otherwise the digest is detached from the segments
     * @return the number of events that are dropped
     */
    public long discard(DigestSegments segments, boolean continues) {
        continueToPresent(segments);
        long dropped = eventsInSegments(segments);
        if (begin != null) {
            detach(segments, continues);
        }
        return dropped;
    }

    /**
     * Drops the digest and releases its segments.
     *
     * @param segments the segments of the author
     */
    public void close(DigestSegments segments) {
        discard(segments, false);
        added = null;
    }
}
