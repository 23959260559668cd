package io.heartline.gateway.stream.fanout;

import io.heartline.events.Position;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.RecordReader;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.connection.Tick;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.heartline.gateway.stream.wake.WakeGroup;
import io.heartline.gateway.stream.wake.WakePass;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka partition in memory: the ring of its latest records, and the subscriptions to its authors. One lock guards the
 * ring and the cursors. So no record is lost or sent twice between history and live. The lock is not held during a write to a
 * socket. Other classes reach the objects that it guards only through this class.
 */
public final class Partition {

    private final String epoch;
    private final int number;
    private final PartitionContext context;
    private final Ring ring;
    private final Subscriptions subscriptions = new Subscriptions();
    private long nextOffset;
    private StreamClosedException failure; // the reason why no more records arrive; null while they arrive
    private long pendingEvents;

    /** @param next the first offset that {@link #accept} will receive */
    Partition(String epoch, int number, long next, PartitionContext context) {
        this.epoch = epoch;
        this.number = number;
        this.context = context;
        this.ring = new Ring(next);
        this.nextOffset = next;
    }

    /**
     * Adds records to the ring, and wakes the connections that follow their authors. One thread at a time calls.
     *
     * @param records in order of offset
     * @param reader reads the fields of a record
     * @param end the first offset after these records
     */
    <R> void accept(List<R> records, RecordReader<R> reader, long end) {
        Set<Followers> affected = new HashSet<>();
        List<WakeGroup<Follower>> groups = new ArrayList<>();
        synchronized (this) {
            int entries = ring.size();
            long bytes = ring.bytes();
            for (R record : records) {
                accept(record, reader, affected);
            }
            context.budget().added(new RingBudget.Run(this, ring.size() - entries, ring.bytes() - bytes));
            nextOffset = Math.max(nextOffset, end);
            affected.forEach(followers -> groups.addAll(followers.groups()));
            subscriptions.addUnsettled(affected);
        }
        groups.forEach(WakeGroup::wake);
        context.budget().evict();
    }

    private <R> void accept(R record, RecordReader<R> reader, Set<Followers> affected) {
        nextOffset = reader.offset(record) + 1;
        byte[] key = reader.key(record);
        if (key == null || key.length > LogEntry.MAX_KEY_BYTES) { // not the id of an author
            context.metrics().records().unfollowed();
            return;
        }
        if (context.partitionOf().applyAsInt(key) != number) {
            context.metrics().records().misplaced();
            return;
        }
        String author = LogEntry.keyAsText(key);
        LogEntry entry = new LogEntry(author, reader.offset(record), reader.loggedAt(record), reader.value(record));
        AuthorEntries authorEntries = ring.entriesOf(author);
        ring.add(entry, authorEntries);
        Followers followers = authorEntries.followers();
        if (followers == null) {
            context.metrics().records().unfollowed();
        } else if (decode(entry)) {
            context.metrics().records().followed();
            entry.tracedBy(
                    context.traces().startDelivery(record, reader, entry.frame().position()));
            int live = followers.addEvent(entry);
            pendingEvents += live;
            context.metrics().matched(live);
            affected.add(followers);
        } else {
            context.metrics().records().unreadable();
        }
    }

    /** Evicts the oldest entries. See {@link Ring#evict}. */
    synchronized RingBudget.@Nullable Run evict(RingBudget.Run oldest, long bytes) {
        return ring.evict(oldest, bytes);
    }

    /**
     * Adds a connection's cursor for authors. Any thread may call.
     *
     * @param authors authors of this partition, at least one
     * @param after the last position that the client saw; the caller has checked that the log contains every later record. Null to
     *     start at the present
     * @return the subscription, whose last position is the one of {@code hello}
     * @throws StreamClosedException if the partition has failed
     */
    synchronized Subscription subscribe(Connection connection, List<String> authors, @Nullable Position after) {
        if (failure != null) { // a failed partition would neither wake nor end the connection
            throw failure;
        }
        Position from = after == null ? position(nextOffset - 1) : after;
        long firstLive = Math.max(nextOffset, from.nextOffset());
        ReadCursor cursor = new ReadCursor(this, connection.request(), from.nextOffset(), firstLive);
        Subscription subscription = new Subscription(connection, this, cursor, from.offset());
        for (String author : authors) {
            cursor.authors().add(Follower.create(author, ring, subscription, firstLive));
        }
        cursor.start();
        subscriptions.add(subscription);
        return subscription;
    }

    synchronized void unsubscribe(Subscription subscription) {
        if (subscriptions.remove(subscription)) {
            subscription.cursor().close(ring);
        }
    }

    /**
     * Removes an author from a subscription, and the subscription after its last author.
     *
     * @param batch receives the pending digest
     * @return up to where the client was sent the author's events
     */
    synchronized Position unfollow(Subscription subscription, Follower follower, Batch batch) {
        ReadCursor cursor = subscription.cursor();
        cursor.takeWholeDigest(batch, subscription.lastSent());
        Position position = position(cursor.resumeOffset(batch.lastOffset(subscription.lastSent())));
        if (!cursor.isClosed()) {
            follower.close(ring);
            cursor.authors().remove(follower);
        }
        if (cursor.authors().isEmpty()) {
            unsubscribe(subscription);
        }
        return position;
    }

    /**
     * Lets the authors of a subscription join the shared one. See {@link ReadCursor#join}.
     *
     * @return the position up to which the client has been sent everything of all authors; null if they cannot join now
     */
    synchronized @Nullable Position join(Subscription joining, Subscription shared, Batch batch) {
        ReadCursor cursor = shared.cursor();
        if (!cursor.join(joining.cursor(), batch, shared.lastSent(), joining.lastSent())) {
            return null;
        }
        subscriptions.remove(joining);
        for (Follower follower : joining.cursor().authors().followers()) {
            follower.moveTo(shared);
            cursor.authors().add(follower);
        }
        return position(cursor.resumeOffset(Math.max(shared.lastSent(), joining.lastSent())));
    }

    /** Returns whether the ring has every record after the position, and this instance has read up to it. */
    synchronized boolean canResumeFromRing(Position after) {
        return after.nextOffset() >= ring.firstOffset() && after.nextOffset() <= nextOffset;
    }

    synchronized Ring.Span ringSpan() {
        return ring.span(nextOffset);
    }

    /** Returns the number of live events that the clients were not sent, neither alone nor in a digest. */
    synchronized long pendingEvents() {
        return pendingEvents;
    }

    /** Ends intervals of digests. In this partition's turn, also repeats failed wakes, and returns the largest lag in events; else 0. */
    long tick(Tick tick) {
        List<Subscription> due;
        List<List<Follower>> unsettled;
        synchronized (this) {
            due = subscriptions.endIntervals(tick.epochMillis());
            unsettled = tick.isTurnOf(number) ? subscriptions.takeUnsettled() : List.of();
        }
        long maxLag = 0;
        for (List<Follower> followers : unsettled) {
            synchronized (this) {
                maxLag = Math.max(maxLag, subscriptions.examine(followers, due));
            }
        }
        WakePass.submit(due);
        return maxLag;
    }

    synchronized Batch nextBatch(Subscription subscription, int max) {
        return subscription.cursor().nextBatch(max, subscription.lastSent());
    }

    synchronized Batch takeDigest(Subscription subscription) {
        Batch batch = new Batch(1);
        subscription.cursor().takeDigest(batch, subscription.lastSent());
        return batch;
    }

    synchronized void conflateIfFarBehind(Subscription subscription) {
        subscription.cursor().conflateIfFarBehind(context.digestThreshold());
    }

    synchronized Position resumePosition(Subscription subscription) {
        return position(subscription.cursor().resumeOffset(subscription.lastSent()));
    }

    synchronized void addPage(History.Page page, Subscription subscription) {
        subscription.cursor().addPage(page);
    }

    CompletionStage<History.Page> fetchPage(Subscription subscription) {
        long from;
        Set<String> authors;
        synchronized (this) {
            from = subscription.cursor().nextOffset();
            authors = subscription.cursor().authors().names();
        }
        Connection connection = subscription.connection();
        // up to the newest record, because the oldest record in the ring changes while the page is read
        return context.pages()
                .read(new History.Request(
                        number,
                        authors,
                        connection.request().caller().name(),
                        from,
                        () -> ringSpan().nextOffset(),
                        () -> !connection.isClosed()));
    }

    /**
     * Ends all connections with a subscription, and refuses later subscriptions. Any thread may call.
     *
     * @param cause the reason, with its close code
     */
    public void fail(StreamClosedException cause) {
        List<Subscription> all;
        synchronized (this) {
            failure = cause;
            all = subscriptions.copy();
        }
        all.forEach(one -> WakePass.runSafely(
                one, subscription -> subscription.connection().end(cause)));
    }

    /** Accepts subscriptions after {@link #fail}. */
    synchronized void reopen() {
        failure = null;
    }

    GatewayMetrics metrics() {
        return context.metrics();
    }

    // the methods below require the lock
    long firstOffset() {
        return ring.firstOffset();
    }

    long nextOffset() {
        return nextOffset;
    }

    /** Returns whether an interval of the client's digests has ended since a time in milliseconds since 1970. */
    boolean hasIntervalEndedSince(long epochMillis, FollowRequest request) {
        return subscriptions.hasIntervalEndedSince(epochMillis, request);
    }

    Position position(long offset) {
        return new Position(epoch, number, offset);
    }

    boolean decode(LogEntry entry) {
        return entry.decode(epoch, number);
    }

    void recordOutcome(GatewayMetrics.Outcome outcome, long events) {
        pendingEvents -= events;
        context.metrics().outcomes(outcome, events);
    }
}
