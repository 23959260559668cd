package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.digest.DigestSegments;
import io.heartline.gateway.stream.digest.PendingDigest;
import io.heartline.gateway.stream.digest.PendingDigest.Taken;
import io.heartline.gateway.stream.metrics.GatewayMetrics.Outcome;
import io.heartline.gateway.stream.wake.Wakeable;
import java.util.concurrent.Executor;

/**
 * One author of a connection: the author's pending digest, and the outcomes of the author's events. Guarded by the partition's lock,
 * except {@link #wakeOnLoop} and {@link #eventLoop}.
 */
final class Follower implements Wakeable {

    /** Records from this offset on are live. The client missed the records before it. */
    final long firstLive;

    private final Partition partition;
    private final String author;
    private final AuthorEntries entries;
    private final PendingDigest digest;
    private volatile Subscription subscription; // changes once, if the author joins the cursor of its partition
    private boolean hasLiveEvents;
    // the author's events before the first live event, and the events whose outcome is recorded
    private long eventsHandled;
    // events that were read since the last recordCounts()
    private int delivered;
    private int filtered;
    private int replayed;

    private Follower(Subscription subscription, String author, AuthorEntries entries, long firstLive) {
        this.subscription = subscription;
        this.partition = subscription.partition();
        this.author = author;
        this.entries = entries;
        this.digest = new PendingDigest(subscription.connection().request().posts());
        this.firstLive = firstLive;
    }

    /**
     * Creates a follower, and adds it to the followers of its author.
     *
     * @param firstLive records from this offset on are live
     */
    static Follower create(String author, Ring ring, Subscription subscription, long firstLive) {
        AuthorEntries entries = ring.entriesOf(author);
        Follower follower = new Follower(subscription, author, entries, firstLive);
        Followers followers = entries.createFollowers();
        followers.add(follower, firstLive > subscription.partition().nextOffset());
        return follower;
    }

    String author() {
        return author;
    }

    AuthorEntries entries() {
        return entries;
    }

    DigestSegments segments() {
        return entries.followers().segments();
    }

    PendingDigest digest() {
        return digest;
    }

    boolean isConflated() {
        return subscription.connection().request().isConflated();
    }

    void moveTo(Subscription target) {
        subscription = target;
    }

    Subscription subscription() {
        return subscription;
    }

    ReadCursor cursor() {
        return subscription.cursor();
    }

    @Override
    public Executor eventLoop() {
        return subscription.eventLoop();
    }

    @Override
    public void wakeOnLoop() {
        subscription.wakeOnLoop();
    }

    /** Returns whether the event is live for the client. The client missed the other events. */
    boolean isLive(long offset) {
        return offset >= firstLive;
    }

    /**
     * Called when the author's next event is live.
     *
     * @param events the number of the author's events before that event
     */
    void startLive(long events) {
        hasLiveEvents = true;
        eventsHandled = events;
    }

    /** Counts an event that was read to be sent as a frame of its own. */
    void count(boolean isLive, boolean matches) {
        if (!isLive) {
            replayed += matches ? 1 : 0;
        } else if (matches) {
            delivered++;
        } else {
            filtered++;
        }
    }

    /** Records the counted events. Called once for each batch, because all threads share the meters. */
    void recordCounts() {
        record(Outcome.delivered, delivered);
        record(Outcome.filtered, filtered);
        if (replayed > 0) {
            partition.metrics().replayed(replayed);
        }
        delivered = 0;
        filtered = 0;
        replayed = 0;
    }

    void recordFiltered(long events) {
        record(Outcome.filtered, events);
    }

    /** @param continues whether the next digest begins where this one ends */
    Taken takeDigest(boolean continues) {
        Taken taken = digest.take(segments(), continues);
        record(Outcome.digested, taken.live());
        record(Outcome.filtered, taken.filtered());
        partition.metrics().replayed(taken.replayed());
        return taken;
    }

    private void record(Outcome outcome, long events) {
        if (events > 0) {
            eventsHandled += events;
            partition.recordOutcome(outcome, events);
        }
    }

    /** Returns how many live events have no outcome yet. */
    long pending() {
        return hasLiveEvents ? segments().events() - eventsHandled : 0;
    }

    /** Removes the follower from those of its author. The events without an outcome are abandoned. */
    void close(Ring ring) {
        partition.recordOutcome(Outcome.abandoned, pending());
        digest.close(segments());
        entries.removeFollower(this);
        ring.removeIfUnused(author, entries);
    }
}
