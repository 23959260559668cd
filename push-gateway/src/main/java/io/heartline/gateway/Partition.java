package io.heartline.gateway;

import io.heartline.events.Position;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.reactivestreams.Subscriber;

/**
 * One partition as this instance sees it: the ring of its latest records, and who follows the authors in it. Where a reader
 * starts, what it has been told and what has been read by then is decided under one lock, which is never held while a
 * socket is written to: that is the seam between history and live, and what that lock guards stands in this one file.
 */
final class Partition {

    private final String epoch;
    private final int number;
    private final Limits limits;
    private final Pages pages;
    private final LongSupplier nanoTime;
    private final GatewayMetrics metrics;
    private final Traces traces;
    private final Ring ring;
    private final Set<Connection> connections = new LinkedHashSet<>();
    private long next;

    /**
     * What a partition may take.
     *
     * @param ringBytes of memory, about, for the latest records
     * @param foldBehind how many events a reader that is not reading may be behind before they are folded into a digest
     */
    record Limits(long ringBytes, int foldBehind) {}

    /** Where records come from that have left the ring. */
    @FunctionalInterface
    interface Pages {

        /** The followed author's records from an offset on, as many as fit a page, and no record at or behind {@code end}. */
        CompletionStage<LogReader.Page> read(int partition, Following following, long from, long end);
    }

    /** @param next the first offset it will be given */
    Partition(
            String epoch,
            int number,
            long next,
            Limits limits,
            Pages pages,
            LongSupplier nanoTime,
            GatewayMetrics metrics,
            Traces traces) {
        this.epoch = epoch;
        this.number = number;
        this.ring = new Ring(next, limits.ringBytes());
        this.next = next;
        this.limits = limits;
        this.pages = pages;
        this.nanoTime = nanoTime;
        this.metrics = metrics;
        this.traces = traces;
    }

    /**
     * Takes what was read and passes it on to whoever follows its authors.
     *
     * @param end the first offset behind these records
     */
    void accept(List<ConsumerRecord<byte[], byte[]>> records, long end) {
        Set<AuthorLog> touched = new HashSet<>();
        List<Connection[]> readers = new ArrayList<>();
        synchronized (this) {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                accept(record, touched);
            }
            next = end;
            touched.forEach(log -> readers.add(log.connections()));
        }
        readers.forEach(Connection::drain);
    }

    private void accept(ConsumerRecord<byte[], byte[]> record, Set<AuthorLog> touched) {
        next = record.offset() + 1;
        String author = Entry.author(record);
        if (author == null) {
            metrics.unfollowed();
            return;
        }
        Entry entry = new Entry(author, record);
        AuthorLog log = ring.of(author);
        ring.add(entry, log);
        if (!log.isFollowed()) {
            metrics.unfollowed();
        } else if (entry.validate(epoch, number)) {
            metrics.followed();
            record(entry, record);
            for (Connection connection : log.connections()) {
                if (entry.offset >= connection.liveFrom) {
                    connection.owed++;
                    metrics.matched();
                }
            }
            touched.add(log);
        } else {
            metrics.unreadable();
        }
        while (ring.isOverfull()) {
            rescue(ring.oldest(), ring.logOfOldest());
            ring.removeOldest();
        }
    }

    private void record(Entry entry, ConsumerRecord<byte[], byte[]> record) {
        Delivery delivery = traces.deliver(record, entry.frame().position());
        if (delivery != null) {
            entry.recordedBy(delivery);
        }
    }

    /** Whoever still needs the entry gets its sum, or from the log what it came back for. */
    private void rescue(Entry oldest, AuthorLog log) {
        if (!log.isFollowed() || !log.isNeeded(oldest)) {
            return;
        }
        for (Connection connection : log.connections()) {
            if (connection.joined && connection.cursor < oldest.offset) {
                if (connection.isLive()) {
                    fold(connection, log);
                } else {
                    connection.joined = false;
                }
            }
        }
    }

    /** From now on. */
    void follow(Following following, Subscriber<? super Frame> socket) {
        Connection connection;
        synchronized (this) {
            connection = open(following, new Position(epoch, number, next - 1), false, next, socket);
        }
        connection.start(nanoTime.getAsLong());
    }

    /** From behind a position on, which the log is known to reach back to. */
    void resume(Following following, Position after, Subscriber<? super Frame> socket) {
        Connection connection;
        synchronized (this) {
            connection = open(following, after, true, Math.max(next, after.next()), socket);
        }
        connection.start(nanoTime.getAsLong());
    }

    private Connection open(
            Following following, Position from, boolean recovered, long liveFrom, Subscriber<? super Frame> socket) {
        Connection connection = new Connection(this, following, Frame.hello(from, recovered), liveFrom, socket);
        AuthorLog log = ring.of(following.authorId());
        log.add(connection);
        connection.log = log;
        join(connection, log);
        connections.add(connection);
        connection.digestDue = nanoTime.getAsLong() + following.digestEvery().toNanos();
        metrics.opened();
        return connection;
    }

    synchronized void unfollow(Connection connection) {
        if (!connections.remove(connection)) {
            return;
        }
        connection.log.remove(connection);
        ring.forget(connection.following.authorId(), connection.log);
        connection.log = null;
        metrics.settled(GatewayMetrics.Outcome.abandoned, connection.owed);
        metrics.closed(connection.reason());
    }

    /** Whether the ring still has everything behind the position, and the position is one this instance has read. */
    synchronized boolean reaches(Position after) {
        return after.next() >= ring.first() && after.next() <= next;
    }

    /** What its ring takes in memory, about. */
    synchronized long ringBytes() {
        return ring.bytes();
    }

    /** Live events that its connections have not been told of in any way. */
    synchronized long owed() {
        long owed = 0;
        for (Connection connection : connections) {
            owed += connection.owed;
        }
        return owed;
    }

    /** The first offset in the ring, and the first that is not read yet. */
    synchronized long[] span() {
        return new long[] {ring.first(), next};
    }

    Connection[] connections() {
        synchronized (this) {
            return connections.toArray(Connection[]::new);
        }
    }

    /** The next frames for a connection, in order. */
    synchronized Batch take(Connection connection, int most) {
        Batch batch = new Batch(most);
        AuthorLog log = connection.log;
        if (log == null) {
            return batch;
        }
        if (connection.joined
                && connection.isLive()
                && !connection.following.digestEvery().isZero()) {
            fold(connection, log);
        }
        if (connection.digest != null) {
            long now = nanoTime.getAsLong();
            if (now - connection.digestDue < 0) {
                return batch;
            }
            connection.digestDue = now + connection.following.digestEvery().toNanos();
            batch.add(sum(connection));
        }
        while (!batch.isFull() && !connection.page.isEmpty()) {
            tell(connection, connection.page.remove(), batch);
        }
        if (!connection.page.isEmpty()) {
            return batch;
        }
        connection.cursor = Math.max(connection.cursor, connection.pageEnd);
        if (!join(connection, log)) {
            batch.endsBeforeAPage();
            return batch;
        }
        int i = log.after(connection.cursor);
        while (!batch.isFull() && i < log.size()) {
            tell(connection, log.get(i++), batch);
        }
        if (i == log.size() && !batch.isFull()) {
            arrive(connection);
            if (!connection.caughtUp) {
                connection.caughtUp = true;
                batch.add(Frame.caughtUp(new Position(epoch, number, connection.cursor)));
            }
        }
        return batch;
    }

    private void tell(Connection connection, Entry entry, Batch batch) {
        boolean live = entry.offset >= connection.liveFrom;
        connection.cursor = entry.offset;
        if (!entry.validate(epoch, number)) {
            return;
        }
        boolean wanted = connection.following.wants(entry);
        if (wanted) {
            batch.add(entry.frame());
        }
        if (live) {
            connection.owed--;
            metrics.settled(wanted ? GatewayMetrics.Outcome.delivered : GatewayMetrics.Outcome.filtered, 1);
        } else if (wanted) {
            metrics.replayed();
        }
    }

    /**
     * From when on its next record is in the ring, whether or not one of its author's is, the ring minds the connection:
     * nothing of its author leaves unseen.
     */
    private boolean join(Connection connection, AuthorLog log) {
        if (!connection.joined && connection.cursor + 1 >= ring.first()) {
            connection.joined = true;
            log.lower(connection.cursor);
        }
        return connection.joined;
    }

    /** It has all there is. */
    private void arrive(Connection connection) {
        connection.cursor = Math.max(connection.cursor, next - 1);
    }

    private void fold(Connection connection, AuthorLog log) {
        for (int i = log.after(connection.cursor); i < log.size(); i++) {
            Entry entry = log.get(i);
            if (!entry.validate(epoch, number)) {
                continue;
            }
            if (!connection.following.wants(entry)) {
                connection.owed--;
                metrics.settled(GatewayMetrics.Outcome.filtered, 1);
                continue;
            }
            if (connection.digest == null) {
                connection.digest = new Digest(new Position(epoch, number, connection.cursor));
            }
            connection.digest.add(entry);
        }
        arrive(connection);
    }

    private Frame sum(Connection connection) {
        Frame frame = connection.digest.frame();
        connection.owed -= connection.digest.events();
        metrics.settled(GatewayMetrics.Outcome.folded, connection.digest.events());
        connection.digest = null;
        return frame;
    }

    /** For a reader that does not read: when it does, it is told in sums what it would have been told one by one. */
    synchronized void foldIfFarBehind(Connection connection) {
        AuthorLog log = connection.log;
        if (log != null
                && connection.joined
                && connection.isLive()
                && log.size() - log.after(connection.cursor) > limits.foldBehind()) {
            fold(connection, log);
        }
    }

    /** Whether there is anything that it has not been told. */
    synchronized boolean isBehind(Connection connection) {
        AuthorLog log = connection.log;
        return log != null
                && (connection.digest != null || !connection.joined || log.after(connection.cursor) < log.size());
    }

    /** A connection's frames are on their way, the oldest of them logged then. */
    void flushed(long oldestLoggedAt) {
        metrics.flushed(oldestLoggedAt);
    }

    /** Events of its author that it has not been told, one by one or in sums; of those below the ring it knows of none. */
    synchronized long distance(Connection connection) {
        AuthorLog log = connection.log;
        return log == null ? 0 : Math.max(connection.owed, log.size() - log.after(connection.cursor));
    }

    /** Null unless the connection has all there is and was told less. */
    synchronized Frame positionAfter(Connection connection, long told) {
        AuthorLog log = connection.log;
        if (log == null || isBehind(connection)) {
            return null;
        }
        arrive(connection);
        return connection.cursor > told ? Frame.position(new Position(epoch, number, connection.cursor)) : null;
    }

    CompletionStage<LogReader.Page> fetchPage(Connection connection) {
        long from;
        long end;
        synchronized (this) {
            from = connection.cursor + 1;
            end = ring.first();
        }
        return pages.read(number, connection.following, from, end);
    }

    synchronized void hand(LogReader.Page page, Connection connection) {
        connection.page.addAll(page.entries());
        connection.pageEnd = page.next() - 1;
    }

    /** Ends every connection: what comes next belongs to another log, or cannot be read. */
    void fail(Throwable why) {
        for (Connection connection : connections()) {
            connection.fail(why);
        }
    }
}
