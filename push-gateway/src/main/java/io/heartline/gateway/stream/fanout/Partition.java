package io.heartline.gateway.stream.fanout;

import io.heartline.events.Position;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.GatewayMetrics;
import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.RecordReader;
import io.heartline.gateway.stream.StreamClosedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * One Kafka partition in memory: the ring of its latest records, and the connections that follow its authors. One lock guards the
 * ring and the cursors. So no record is lost or sent twice between history and live. The lock is not held during a write to a
 * socket. Other classes reach the objects that it guards only through this class.
 */
public final class Partition {

    private final String epoch;
    private final int number;
    private final PartitionContext context;
    private final Ring ring;
    private final Connections connections = new Connections();
    private long nextOffset;
    private StreamClosedException failure; // the reason why no more records arrive; null while they arrive
    private long connectionsOpened;
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
     * Adds records to the ring, and wakes the connections that follow their authors. Called by one thread.
     *
     * @param records in order of offset
     * @param reader reads the fields of a record
     * @param end the first offset after these records
     */
    <R> void accept(List<R> records, RecordReader<R> reader, long end) {
        Set<Followers> affected = new HashSet<>();
        List<FollowerGroup> groups = new ArrayList<>();
        synchronized (this) {
            for (R record : records) {
                accept(record, reader, affected);
            }
            nextOffset = Math.max(nextOffset, end);
            affected.forEach(followers -> groups.addAll(followers.groups()));
        }
        groups.forEach(FollowerGroup::wake);
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
        context.budget().added(this, entry.size());
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

    /** Evicts the oldest entry of the ring and returns its approximate size in bytes. */
    synchronized int evictOldest() {
        return ring.evictOldest().size();
    }

    /**
     * Starts a stream at the present. Any thread may call.
     *
     * @param request the author and the kind of frames
     * @param sink receives the frames; closed immediately if the partition has failed
     */
    public void follow(FollowRequest request, FrameSink sink) {
        connect(request, null, sink);
    }

    /**
     * Starts a stream after a position. Any thread may call.
     *
     * @param request the author and the kind of frames
     * @param after the last position that the client saw; the caller has checked that the log contains every later record
     * @param sink receives the frames; closed immediately if the partition has failed
     */
    public void resume(FollowRequest request, Position after, FrameSink sink) {
        connect(request, after, sink);
    }

    private void connect(FollowRequest request, Position after, FrameSink sink) {
        Connection connection;
        StreamClosedException failed;
        synchronized (this) {
            failed = failure;
            connection = failed == null ? createConnection(request, after, sink) : null;
        }
        if (connection == null) { // a failed partition would neither wake nor end the connection
            sink.eventLoop().execute(() -> sink.close(failed));
        } else {
            connection.start();
        }
    }

    private Connection createConnection(FollowRequest request, Position after, FrameSink sink) {
        Position from = after == null ? position(nextOffset - 1) : after;
        AuthorEntries authorEntries = ring.entriesOf(request.authorId());
        ReadCursor cursor = new ReadCursor(
                this, authorEntries, request, from.nextOffset(), Math.max(nextOffset, from.nextOffset()));
        Frame hello = Frame.hello(from, after != null, context.heartbeatMillis());
        Liveness liveness = context.newLiveness(request.caller(), connectionsOpened++);
        Connection connection = new Connection(this, cursor, hello, liveness, sink);
        authorEntries.createFollowers().add(cursor, cursor.isAhead());
        cursor.start();
        if (!request.isConflated()) { // a client with digests is woken when an interval ends
            authorEntries.followers().wakeOnEvents(connection);
        }
        connections.add(connection);
        context.metrics().opened();
        return connection;
    }

    synchronized void unfollow(Connection connection) {
        if (!connections.remove(connection)) {
            return;
        }
        ReadCursor cursor = connection.cursor();
        recordOutcome(GatewayMetrics.Outcome.abandoned, cursor.close());
        cursor.authorEntries().removeFollower(connection);
        ring.removeIfUnused(cursor.request.authorId(), cursor.authorEntries());
        context.metrics().closed(connection.closeReason());
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

    synchronized Connection[] connections() {
        return connections.snapshot();
    }

    /**
     * Ends intervals of digests, and examines the connections of this turn: heartbeats, full sockets, dead peers, expired tokens.
     *
     * @return the largest lag of those connections, in events
     */
    long tick(Tick tick) {
        Connection[] all;
        List<Connection> due;
        long maxLag = 0;
        synchronized (this) {
            due = connections.withEndedInterval(tick.epochMillis());
            due.removeIf(connection -> !connection.cursor().endInterval());
            Collections.reverse(due); // the digest that began last is first, because the other digests contain it
            all = connections.snapshot();
            for (int i = tick.first(); i < all.length; i += tick.step()) {
                maxLag = Math.max(maxLag, all[i].cursor().lag());
            }
        }
        WakePass.submit(due);
        for (int i = tick.first(); i < all.length; i += tick.step()) {
            WakePass.runSafely(all[i], connection -> connection.tick(tick));
        }
        return maxLag;
    }

    // the methods below take the lock and ask the connection's cursor

    synchronized Batch nextBatch(Connection connection, int max, long lastSent) {
        return connection.cursor().nextBatch(max, lastSent);
    }

    synchronized Frame takeDigest(Connection connection, long lastSent) {
        return connection.cursor().takeDigest(lastSent);
    }

    synchronized void conflateIfFarBehind(Connection connection) {
        connection.cursor().conflateIfFarBehind(context.digestThreshold());
    }

    synchronized boolean isBehind(Connection connection) {
        return connection.cursor().isBehind();
    }

    synchronized Position resumePosition(Connection connection, long lastSent) {
        return position(connection.cursor().resumeOffset(lastSent));
    }

    synchronized void addPage(History.Page page, Connection connection) {
        connection.cursor().addPage(page);
    }

    CompletionStage<History.Page> fetchPage(Connection connection) {
        long from;
        synchronized (this) {
            from = connection.cursor().nextOffset();
        }
        // up to the newest record, because the oldest record in the ring changes while the page is read
        return context.pages()
                .read(
                        number,
                        connection.cursor().request,
                        from,
                        this::nextOffsetWithLock,
                        () -> !connection.isClosed());
    }

    private synchronized long nextOffsetWithLock() {
        return nextOffset;
    }

    /**
     * Ends all connections. Connections that open later end immediately. Any thread may call.
     *
     * @param cause the reason, with its close code
     */
    public void fail(StreamClosedException cause) {
        synchronized (this) {
            failure = cause;
        }
        for (Connection connection : connections()) {
            WakePass.runSafely(connection, one -> one.end(cause));
        }
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
        return connections.hasIntervalEndedSince(epochMillis, request);
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
