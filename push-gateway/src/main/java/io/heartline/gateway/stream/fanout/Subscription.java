package io.heartline.gateway.stream.fanout;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.connection.IndexedSet;
import io.heartline.gateway.stream.connection.PendingFlush;
import io.heartline.gateway.stream.wake.WakePass;
import io.heartline.gateway.stream.wake.Wakeable;
import java.util.concurrent.Executor;

/**
 * A connection's read cursor in one partition, and what the connection has sent from it. The authors of a partition share a cursor.
 * Only an author that a message has added has a cursor of its own, until it joins.
 */
final class Subscription extends IndexedSet.Member implements Wakeable {

    private final Connection connection;
    private final Partition partition;
    private final ReadCursor cursor; // guarded by the partition's lock
    private volatile boolean woken = true;
    private volatile boolean awaitingPage;
    // confined to the thread that sends
    private long lastSent; // the offset of the last position that was sent
    private boolean isShared = true;
    private boolean caughtUp;

    /** @param lastSent the offset of the position of {@code hello} */
    Subscription(Connection connection, Partition partition, ReadCursor cursor, long lastSent) {
        this.connection = connection;
        this.partition = partition;
        this.cursor = cursor;
        this.lastSent = lastSent;
    }

    Connection connection() {
        return connection;
    }

    Partition partition() {
        return partition;
    }

    ReadCursor cursor() {
        return cursor;
    }

    @Override
    public Executor eventLoop() {
        return connection.eventLoop();
    }

    @Override
    public void wakeOnLoop() {
        woken = true;
        connection.wakeOnLoop();
    }

    /** Marks that there may be frames. The caller wakes the connection. */
    void markWoken() {
        woken = true;
    }

    /** Returns whether there may be frames, and removes the mark. */
    boolean removeMark() {
        if (!woken) {
            return false; // a write here could remove a mark that another thread is just setting
        }
        woken = false;
        return true;
    }

    /** Requests the next page, unless one is on its way. It wakes the connection. */
    void requestPage() {
        if (awaitingPage) {
            return;
        }
        awaitingPage = true;
        partition.fetchPage(this).whenComplete((page, e) -> {
            if (e != null) {
                connection.end(StreamClosedException.replayFailed(e));
            } else {
                partition.addPage(page, this);
                awaitingPage = false;
                WakePass.runAfterIo(
                        eventLoop(), this::wakeOnLoop); // cached pages arrive immediately, one after the other
            }
        });
    }

    /** Returns whether later authors of the partition join this cursor, so that its position is the one of the partition. */
    boolean isShared() {
        return isShared;
    }

    void setShared(boolean shared) {
        isShared = shared;
    }

    void markCaughtUp() {
        caughtUp = true;
    }

    /** Returns whether the client has everything that it missed. */
    boolean isCaughtUp() {
        return caughtUp;
    }

    long lastSent() {
        return lastSent;
    }

    void markSent(Frame frame, PendingFlush pendingFlush) {
        long offset = frame.position().offset();
        markSent(offset);
        pendingFlush.add(frame, cursor.isLive(offset));
    }

    void markSent(long offset) {
        lastSent = Math.max(lastSent, offset);
    }

    /** Returns the position up to which the client has been sent everything. */
    Position resumePosition() {
        return partition.resumePosition(this);
    }
}
