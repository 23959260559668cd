package io.heartline.gateway.stream.digest;

import io.heartline.events.Position;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.digest.DigestSegments.Segment;
import io.heartline.gateway.stream.digest.DigestSegments.Sum;

/**
 * The digest that a client has yet to receive: entries that were added one by one, and from some event on the author's
 * {@link DigestSegments}. Guarded by the partition's lock.
 */
public final class PendingDigest {

    private final FollowRequest request;
    private Digest added; // null if no entry was added
    private long oldestLoggedAt; // of the entries that were added
    private boolean hasMatch; // some event in the segments is known to match
    private long addedLive;
    private long addedReplayed;
    private Segment begin; // null while entries are added one by one
    private Segment end; // where the interval ended that the digest is to be sent for; null if it has not ended

    public PendingDigest(FollowRequest request) {
        this.request = request;
    }

    /**
     * What a digest settles.
     *
     * @param frame null if no event matches
     * @param live the live events in the frame
     * @param filtered live events of posts that the client does not want
     * @param replayed events in the frame that the client came back for
     */
    public record Taken(Frame frame, long live, long filtered, long replayed) {}

    /** Adds an event that the client wants. */
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

    /** Includes the author's segments in this digest from now on. */
    public void attach(DigestSegments segments) {
        segments.requirePosts(request.posts());
        begin = segments.begin();
    }

    public boolean isAttached() {
        return begin != null;
    }

    /** Returns when Kafka took the first event that was added, in milliseconds since 1970; null if there is none. */
    public Long oldestLoggedAt() {
        return added == null ? null : oldestLoggedAt;
    }

    /**
     * Returns whether the digest contains an event. If it does not, {@link #discard} makes the next call cheap, which then examines
     * the segments since then only.
     */
    public boolean hasEvents(DigestSegments segments) {
        if (added != null || hasMatch) {
            return true;
        }
        if (eventsInSegments(segments) > 0) {
            hasMatch = request.posts().isEmpty() || DigestSegments.contains(begin, request.posts());
        }
        return hasMatch;
    }

    /** Returns how many events the segments add, of any post. */
    private long eventsInSegments(DigestSegments segments) {
        return begin == null ? 0 : segments.events(begin, end);
    }

    /** Ends the interval now: later events belong to the next digest. */
    public void endInterval(DigestSegments segments) {
        if (begin != null) {
            if (end != null) {
                segments.release(end); // the client's socket was full for a whole interval
            }
            end = segments.begin();
        }
    }

    /**
     * Takes the digest up to the end of its interval, or if that has not ended, up to now.
     *
     * @param from the last position that the client was sent
     * @param continues whether the next digest begins where this one ends; otherwise the segments no longer count
     */
    public Taken take(DigestSegments segments, Position from, boolean continues) {
        Frame frame = null;
        long live = addedLive;
        long filtered = 0;
        hasMatch = false;
        if (begin != null) {
            Sum sum = segments.sum(begin, end, request.posts(), added != null);
            frame = added == null ? sum.frame(from) : null;
            live += sum.matching();
            filtered = eventsInSegments(segments) - sum.matching();
            if (added != null) {
                sum.addTo(added);
            }
            detach(segments, continues);
        }
        if (added != null) {
            frame = added.frame(from);
        }
        Taken taken = new Taken(frame, live, filtered, addedReplayed);
        added = null;
        addedLive = 0;
        addedReplayed = 0;
        return taken;
    }

    private void detach(DigestSegments segments, boolean continues) {
        Segment taken = begin;
        if (!continues) {
            segments.releasePosts(request.posts());
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
     * Drops the digest, of whose events none matches, and begins the next one now. So no digest begins before a position that
     * the client was sent.
     *
     * @param continues as for {@link #take}
     * @return the events that are dropped
     */
    public long discard(DigestSegments segments, boolean continues) {
        if (end != null) {
            segments.release(end);
            end = null;
        }
        long dropped = eventsInSegments(segments);
        if (begin != null) {
            detach(segments, continues);
        }
        return dropped;
    }

    /** Drops the digest and releases its segments. */
    public void close(DigestSegments segments) {
        discard(segments, false);
        added = null;
    }
}
