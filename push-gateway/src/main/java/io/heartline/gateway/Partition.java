package io.heartline.gateway;

import io.heartline.events.Position;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.reactivestreams.Subscriber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Operators;

/**
 * One partition as this instance sees it: the ring of its latest records, and the connections that follow the authors in it.
 * What a client was sent and what has been read by then is decided under one lock, which is never held while a socket is
 * written to: that is the seam between history and live. Everything that the lock guards is reached through this class.
 */
final class Partition {

    private static final Logger logger = LoggerFactory.getLogger(Partition.class);
    // the golden ratio's fraction: multiples of it spread evenly over the interval, however many there are
    private static final double SPREAD = 0.618_033_988_749_895;

    private final String epoch;
    private final int number;
    private final Context context;
    private final Ring ring;
    private final Connections connections = new Connections();
    private long next;
    private Throwable failure; // why there will be no more records; null while there will
    private long opened;
    private long unsettled;

    /**
     * What the partitions of one log share.
     *
     * @param partitionOf the partition in which the log has the records of a key
     * @param maxUnread how many events a client whose socket is full may have to read before they are conflated
     * @param heartbeatMillis the interval of heartbeats, which {@code hello} states
     */
    record Context(
            ToIntFunction<byte[]> partitionOf,
            RingBudget budget,
            int maxUnread,
            long heartbeatMillis,
            Pages pages,
            LongSupplier nanoTime,
            GatewayMetrics metrics,
            Traces traces) {}

    /** The records that have left the ring. */
    @FunctionalInterface
    interface Pages {

        /**
         * Reads the followed author's records, as many as fit a page.
         *
         * @param from the first offset
         * @param end the first offset that is not read; asked when the page begins to be read, which may be later
         * @param isWanted whether the client is still there
         */
        CompletionStage<LogReader.Page> read(
                int partition, Following following, long from, LongSupplier end, BooleanSupplier isWanted);
    }

    /** @param next the first offset that it will be given */
    Partition(String epoch, int number, long next, Context context) {
        this.epoch = epoch;
        this.number = number;
        this.context = context;
        this.ring = new Ring(next);
        this.next = next;
    }

    /**
     * Takes what was read, and wakes the connections that follow its authors. Called by one thread.
     *
     * @param end the first offset after these records
     */
    void accept(List<ConsumerRecord<byte[], byte[]>> records, long end) {
        Set<Followers> touched = new HashSet<>();
        List<FollowerGroup> groups = new ArrayList<>();
        synchronized (this) {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                accept(record, touched);
            }
            next = Math.max(next, end);
            touched.forEach(followers -> groups.addAll(followers.groups()));
        }
        groups.forEach(FollowerGroup::wake);
        context.budget().evict();
    }

    private void accept(ConsumerRecord<byte[], byte[]> record, Set<Followers> touched) {
        next = record.offset() + 1;
        if (record.key() == null || record.key().length > Entry.MAX_KEY_BYTES) { // the key of no author
            context.metrics().unfollowed();
            return;
        }
        if (context.partitionOf().applyAsInt(record.key()) != number) {
            context.metrics().misplaced();
            return;
        }
        String author = Entry.author(record);
        Entry entry = new Entry(author, record);
        AuthorLog log = ring.of(author);
        ring.add(entry, log);
        context.budget().added(this, entry.size());
        Followers followers = log.followers();
        if (followers == null) {
            context.metrics().unfollowed();
        } else if (validate(entry)) {
            context.metrics().followed();
            record(entry, record);
            int live = followers.count(entry);
            unsettled += live;
            context.metrics().matched(live);
            touched.add(followers);
        } else {
            context.metrics().unreadable();
        }
    }

    private void record(Entry entry, ConsumerRecord<byte[], byte[]> record) {
        Delivery delivery = context.traces().deliver(record, entry.frame().position());
        if (delivery != null) {
            entry.recordedBy(delivery);
        }
    }

    /** Evicts the oldest entry of the ring and returns its approximate size in bytes. */
    synchronized int evictOldest() {
        return ring.evictOldest().size();
    }

    /** Starts a stream at now. */
    void follow(Following following, Subscriber<? super Frame> socket) {
        open(following, null, socket);
    }

    /** Starts a stream after a position from which on the log is known to be complete. */
    void resume(Following following, Position after, Subscriber<? super Frame> socket) {
        open(following, after, socket);
    }

    private void open(Following following, Position after, Subscriber<? super Frame> socket) {
        Connection connection;
        Throwable failed;
        synchronized (this) {
            failed = failure;
            connection = failed == null ? add(following, after, socket) : null;
        }
        if (connection == null) { // after this partition has failed, nothing would ever wake or end it
            Socket.executorOf(socket).execute(() -> Operators.error(socket, failed));
        } else {
            connection.start();
        }
    }

    private Connection add(Following following, Position after, Subscriber<? super Frame> socket) {
        Position from = after == null ? position(next - 1) : after;
        AuthorLog log = ring.of(following.authorId());
        ReadCursor cursor = new ReadCursor(this, log, following, from.offset(), Math.max(next, from.next()));
        Frame hello = Frame.hello(from, after != null, context.heartbeatMillis());
        long sinceHeartbeat = (long) (opened++ * SPREAD % 1 * context.heartbeatMillis() * 1_000_000);
        Liveness liveness =
                new Liveness(context.nanoTime().getAsLong(), following.caller().lasts(), sinceHeartbeat);
        Connection connection = new Connection(this, cursor, hello, liveness, socket);
        log.follow().add(cursor, cursor.isAhead());
        cursor.open();
        if (!following.isConflated()) { // a digest has a clock of its own
            log.followers().wakeOnEvents(connection);
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
        settled(GatewayMetrics.Outcome.abandoned, cursor.close());
        cursor.log().unfollow(connection);
        ring.forget(cursor.following.authorId(), cursor.log());
        context.metrics().closed(connection.reason());
    }

    /** Returns whether the ring has everything after the position, and the position is one that this instance has read. */
    synchronized boolean reaches(Position after) {
        return after.next() >= ring.first() && after.next() <= next;
    }

    /** What the ring spans: its first offset, the first that is not read yet, and the approximate size of a record in bytes. */
    record Span(long first, long next, long bytesPerRecord) {}

    synchronized Span span() {
        return new Span(ring.first(), next, ring.bytesPerRecord());
    }

    /** Returns how many live events the clients were not sent yet, neither alone nor in a digest. */
    synchronized long owed() {
        return unsettled;
    }

    Connection[] connections() {
        synchronized (this) {
            return connections.snapshot();
        }
    }

    /**
     * Ends the intervals of digests that are over, and examines the connections whose turn it is: heartbeats, sockets that are
     * full, peers that are gone.
     *
     * @return the largest distance of those connections, in events
     */
    long tick(Tick tick) {
        Connection[] all;
        List<Connection> due;
        long furthest = 0;
        int step = tick.isAfterPause() ? 1 : Tick.TURNS;
        int first = tick.isAfterPause() ? 0 : tick.turn();
        synchronized (this) {
            due = connections.whoseIntervalEnded(tick.epochMillis());
            due.removeIf(connection -> !connection.cursor().endInterval());
            Collections.reverse(due); // the last digest to begin comes first, since the others contain it
            all = connections.snapshot();
            for (int i = first; i < all.length; i += step) {
                furthest = Math.max(furthest, all[i].cursor().distance());
            }
        }
        WakePass.start(due);
        for (int i = first; i < all.length; i += step) {
            each(all[i], connection -> connection.tick(tick));
        }
        return furthest;
    }

    /** Does something with a connection, and logs if that fails, so that the others are not left out. */
    private static void each(Connection connection, Consumer<Connection> action) {
        try {
            action.accept(connection);
        } catch (RuntimeException | Error e) { // the event loop has ended, or no memory
            logger.error("a connection could not be woken", e);
        }
    }

    synchronized Batch take(Connection connection, int max, long lastSent) {
        return connection.cursor().take(max, lastSent);
    }

    synchronized Frame takeDigest(Connection connection, long lastSent) {
        return connection.cursor().takeDigest(lastSent);
    }

    synchronized void conflateIfFarBehind(Connection connection) {
        connection.cursor().conflateIfFarBehind(context.maxUnread());
    }

    synchronized boolean isBehind(Connection connection) {
        return connection.cursor().isBehind();
    }

    synchronized Position restingPosition(Connection connection, long lastSent) {
        return position(connection.cursor().restingOffset(lastSent));
    }

    synchronized void hand(LogReader.Page page, Connection connection) {
        connection.cursor().hand(page);
    }

    CompletionStage<LogReader.Page> fetchPage(Connection connection) {
        long from;
        synchronized (this) {
            from = connection.cursor().lastRead() + 1;
        }
        // up to the newest record, not up to the oldest in the ring: that one moves on while the page is read
        return context.pages()
                .read(number, connection.cursor().following, from, this::lockedNext, () -> !connection.isEnded());
    }

    private synchronized long lockedNext() {
        return next;
    }

    /** Records how long the oldest of some live events took to a socket. */
    void flushed(long oldestLoggedAt) {
        context.metrics().flushed(oldestLoggedAt);
    }

    /** Ends every connection. Connections that open later end immediately. */
    void fail(Throwable why) {
        synchronized (this) {
            failure = why;
        }
        for (Connection connection : connections()) {
            each(connection, one -> one.fail(why));
        }
    }

    // the methods below require the lock

    long first() {
        return ring.first();
    }

    long next() {
        return next;
    }

    /** Returns whether an interval of the client's digests has ended since a moment in milliseconds since 1970. */
    boolean hasIntervalEndedSince(long epochMillis, Following following) {
        return connections.hasIntervalEndedSince(epochMillis, following);
    }

    Position position(long offset) {
        return new Position(epoch, number, offset);
    }

    boolean validate(Entry entry) {
        return entry.validate(epoch, number);
    }

    void settled(GatewayMetrics.Outcome outcome, long events) {
        unsettled -= events;
        context.metrics().settled(outcome, events);
    }

    GatewayMetrics metrics() {
        return context.metrics();
    }
}
