package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.LogEntry;

/**
 * The state of one connection in its partition. Replay, live reading and conflation are the same loop at different distances
 * from the log's end. Guarded by the partition's lock.
 *
 * <p>A cursor reads entries one by one until it conflates. Then it adds its unread entries to its {@link CursorDigest}, which includes
 * the author's later events without further reading. A client that asks for digests always conflates, and receives its digest when
 * an interval ends. Any other client conflates while its socket is full, and receives the digest when the socket is writable
 * again.
 */
final class ReadCursor {

    final FollowRequest request;
    /** Records from this offset on are live. The client missed the records before it. */
    final long firstLive;

    private final Partition partition;
    private final AuthorEntries authorEntries;
    private final ReadPosition position;
    private final CursorCounters counters;
    private final CursorDigest digest;
    private boolean closed;

    /**
     * @param nextOffset the first offset that the client has not seen
     * @param firstLive at least {@code nextOffset}
     */
    ReadCursor(
            Partition partition, AuthorEntries authorEntries, FollowRequest request, long nextOffset, long firstLive) {
        this.partition = partition;
        this.authorEntries = authorEntries;
        this.request = request;
        this.firstLive = firstLive;
        this.position = new ReadPosition(partition, authorEntries, nextOffset, firstLive);
        this.counters = new CursorCounters(partition);
        this.digest = new CursorDigest(partition, authorEntries, request, position, counters);
    }

    /** Called once, when the cursor has become one of the author's followers. */
    void start() {
        if (!isAhead()) {
            startLive(authorEntries.followers().segments().events());
        }
        position.start();
    }

    /** Returns whether another instance has sent the client records that this one has yet to read. */
    boolean isAhead() {
        return firstLive > partition.nextOffset();
    }

    /**
     * Called when the author's next event is live.
     *
     * @param events the number of the author's events before that event
     */
    void startLive(long events) {
        counters.startLive(events);
    }

    AuthorEntries authorEntries() {
        return authorEntries;
    }

    /** Returns the first offset that the cursor has not read. */
    long nextOffset() {
        return position.nextOffset();
    }

    /** Returns whether the cursor reads entries of the ring one by one. */
    boolean readsFromRing() {
        return !position.isReplaying() && !digest.isAttached();
    }

    /**
     * Returns the next frames, in order.
     *
     * @param max the maximum number of frames; at least 1
     * @param lastSent the offset of the last position that the client was sent
     */
    Batch nextBatch(int max, long lastSent) {
        Batch batch = new Batch(max);
        if (closed) {
            return batch;
        }
        if (request.isConflated()) {
            if (digest.isAttached()) {
                digest.signalCaughtUp(batch);
            } else {
                digest.readStep(batch);
            }
            if (digest.isDue()) {
                digest.take(batch, lastSent);
            }
        } else {
            if (digest.isAttached()) {
                digest.take(batch, lastSent);
            }
            addFrames(batch);
            counters.record();
        }
        long lastRead = position.nextOffset() - 1;
        if (batch.isCaughtUp() && !batch.isFull() && !isBehind() && lastRead > batch.lastOffset(lastSent)) {
            batch.add(Frame.position(partition.position(lastRead)));
        }
        return batch;
    }

    private void addFrames(Batch batch) {
        while (!batch.isFull() && position.hasPageEntry()) {
            addFrame(position.removePageEntry(), batch);
        }
        if (position.hasPageEntry()) {
            return;
        }
        position.finishPage();
        if (position.isReplaying()) {
            signalCaughtUp(position.nextOffset(), batch);
            batch.requirePage();
            return;
        }
        int i = position.firstUnread();
        while (!batch.isFull() && i < authorEntries.size()) {
            LogEntry entry = authorEntries.get(i++);
            signalCaughtUp(entry.offset, batch);
            addFrame(entry, batch);
        }
        if (i == authorEntries.size() && !batch.isFull()) {
            position.advanceToHead();
            signalCaughtUp(position.nextOffset(), batch);
        }
    }

    private void signalCaughtUp(long offset, Batch batch) {
        if (position.markCaughtUp(offset)) {
            batch.markCaughtUp();
        }
    }

    private void addFrame(LogEntry entry, Batch batch) {
        position.markRead(entry);
        if (!partition.decode(entry)) {
            return;
        }
        boolean matches = request.wants(entry);
        if (matches) {
            batch.add(entry.frame());
        }
        counters.count(position.isLive(entry), matches);
    }

    /** Conflates if more events than the threshold were not read. Called while the socket is full. */
    void conflateIfFarBehind(int digestThreshold) {
        if (!closed && position.isLive() && !digest.isAttached() && position.unread() > digestThreshold) {
            digest.conflate();
        }
    }

    /**
     * Called before an entry is evicted. If the cursor has not read it, a live cursor conflates, and a cursor that is catching up
     * will read it from Kafka.
     */
    void beforeEviction(LogEntry entry) {
        if (!readsFromRing() || position.nextOffset() > entry.offset) {
            return;
        }
        if (position.isLive()) {
            digest.conflate();
        } else {
            position.leaveRing();
        }
    }

    /** Called when an interval of the client's digests ends. Returns whether there may be a digest to send. */
    boolean endInterval() {
        return digest.endInterval();
    }

    /**
     * Returns the frame of the pending digest, whether or not it is due; null if there is no event to send.
     *
     * @param lastSent the offset of the last position that the client was sent
     */
    Frame takeDigest(long lastSent) {
        Batch batch = new Batch(1);
        if (!closed) {
            digest.take(batch, lastSent);
        }
        return batch.isEmpty() ? null : batch.frames().get(0);
    }

    void addPage(History.Page page) {
        if (!closed) {
            position.addPage(page);
        }
    }

    /** Returns whether there may be events that the client was not sent. */
    boolean isBehind() {
        return !closed
                && (position.isReplaying()
                        || position.hasPageEntry()
                        || digest.hasEvents()
                        || !digest.isAttached() && position.unread() > 0);
    }

    /**
     * Returns the offset up to which the client has been sent everything.
     *
     * @param lastSent the offset of the last position that the client was sent
     */
    long resumeOffset(long lastSent) {
        if (closed || digest.hasEvents()) {
            return lastSent;
        }
        if (!isBehind()) {
            position.advanceToHead();
        }
        return Math.max(lastSent, position.nextOffset() - 1);
    }

    /** Returns how many of the author's events the client was not sent, neither alone nor in a digest. */
    long lag() {
        return closed ? 0 : Math.max(pendingEvents(), digest.isAttached() ? 0 : position.unread());
    }

    private long pendingEvents() {
        return counters.pending(authorEntries.followers().segments());
    }

    /** Ends the cursor and returns how many live events the client was not sent. */
    long close() {
        long unsent = pendingEvents();
        digest.close();
        position.clearPage();
        closed = true;
        return unsent;
    }
}
