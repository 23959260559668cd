package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.LogEntry;

/**
 * The state of one connection in a partition, for one or more authors. Replay, live reading and conflation are the same loop at
 * different distances from the log's end. Guarded by the partition's lock.
 *
 * <p>A cursor reads entries one by one until it conflates. Then it adds its unread entries to its {@link CursorDigest}, which includes
 * the authors' later events without further reading. A client that asks for digests always conflates, and receives its digest when
 * an interval ends. Any other client conflates while its socket is full, and receives the digest when the socket is writable
 * again.
 */
final class ReadCursor {

    private final FollowRequest request;
    private final long firstLive;
    private final Partition partition;
    private final FollowedAuthors authors = new FollowedAuthors();
    private final ReadPosition position;
    private final CursorDigest digest;
    private boolean closed;

    /**
     * @param nextOffset the first offset that the client has not seen
     * @param firstLive at least {@code nextOffset}; records from this offset on are live
     */
    ReadCursor(Partition partition, FollowRequest request, long nextOffset, long firstLive) {
        this.partition = partition;
        this.request = request;
        this.firstLive = firstLive;
        this.position = new ReadPosition(partition, authors, nextOffset, firstLive);
        this.digest = new CursorDigest(partition, authors, request, position);
    }

    /** Called once, when the authors have the cursor as a follower. */
    void start() {
        position.start();
    }

    FollowRequest request() {
        return request;
    }

    FollowedAuthors authors() {
        return authors;
    }

    /** Returns the first offset that the cursor has not read. */
    long nextOffset() {
        return position.nextOffset();
    }

    /** Returns whether the client was connected when the record was read. Any thread may call. */
    boolean isLive(long offset) {
        return offset >= firstLive;
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
            authors.followers().forEach(Follower::recordCounts);
        }
        long lastRead = position.nextOffset() - 1;
        if (batch.isCaughtUp() && !batch.isFull() && !isBehind() && lastRead > batch.lastOffset(lastSent)) {
            batch.moveTo(lastRead);
        }
        return batch;
    }

    private void addFrames(Batch batch) {
        while (!batch.isFull() && position.hasPageEntry()) {
            LogEntry entry = position.removePageEntry();
            addFrame(entry, authors.of(entry.author), batch);
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
        FollowedAuthors.Entries entries = authors.entriesFrom(position.nextOffset());
        while (!batch.isFull()) {
            LogEntry entry = entries.next();
            if (entry == null) {
                position.advanceToHead();
                signalCaughtUp(position.nextOffset(), batch);
                return;
            }
            signalCaughtUp(entry.offset, batch);
            addFrame(entry, entries.follower(), batch);
        }
    }

    private void signalCaughtUp(long offset, Batch batch) {
        if (position.markCaughtUp(offset)) {
            batch.markCaughtUp();
        }
    }

    /** @param follower null if the author was unfollowed after the entry's page was read */
    private void addFrame(LogEntry entry, Follower follower, Batch batch) {
        position.markRead(entry);
        if (follower == null || !partition.decode(entry)) {
            return;
        }
        boolean matches = request.wants(entry);
        if (matches) {
            batch.add(entry.frame());
        }
        follower.count(follower.isLive(entry.offset), matches);
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
     * Adds the pending digest to a batch, whether or not it is due, if there is an event to send.
     *
     * @param lastSent the offset of the last position that the client was sent
     */
    void takeDigest(Batch batch, long lastSent) {
        if (!closed) {
            digest.take(batch, lastSent);
        }
    }

    /** As {@link #takeDigest}, with the events after the end of the interval. */
    void takeWholeDigest(Batch batch, long lastSent) {
        if (!closed) {
            digest.continueToPresent();
            digest.take(batch, lastSent);
        }
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
                        || !digest.isAttached() && position.hasUnread());
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

    /** Returns how many of the authors' events the client was not sent, neither alone nor in a digest. */
    long lag() {
        if (closed) {
            return 0;
        }
        long pending = 0;
        for (Follower follower : authors.followers()) {
            pending += follower.pending();
        }
        return Math.max(pending, digest.isAttached() ? 0 : position.unread());
    }

    /**
     * Takes over the authors of a cursor whose client has been sent the same records as this one's. Only cursors that read the ring
     * one by one, or that both conflate, can join.
     *
     * @param joining the cursor, which is closed if it joins
     * @param batch receives the digests of both cursors, if their interval has ended
     * @param lastSent the offset of the last position that this cursor's client was sent
     * @param joiningLastSent the same for the other cursor
     * @return whether the cursor has joined
     */
    boolean join(ReadCursor joining, Batch batch, long lastSent, long joiningLastSent) {
        if (!canJoin() || !joining.canJoin() || digest.isAttached() != joining.digest.isAttached()) {
            return false;
        }
        if (digest.isAttached()) {
            boolean pending = digest.hasEvents() | joining.digest.hasEvents();
            if (pending && !digest.isDue() && !joining.digest.isDue()) {
                return false;
            }
            takeWholeDigest(batch, lastSent);
            joining.takeWholeDigest(batch, joiningLastSent);
        } else {
            long next = Math.max(position.nextOffset(), joining.position.nextOffset());
            if (!skipsTo(next) || !joining.skipsTo(next)) {
                return false;
            }
        }
        joining.closed = true;
        return true;
    }

    private boolean canJoin() {
        return !closed && position.isLive() && !position.hasPageEntry() && !position.isAheadOfPartition();
    }

    /** Skips to an offset, unless there is an entry before it. */
    private boolean skipsTo(long offset) {
        FollowedAuthors.Entries entries = authors.entriesFrom(position.nextOffset());
        LogEntry entry = entries.next();
        if (entry != null && entry.offset < offset) {
            return false;
        }
        position.skipTo(offset);
        return true;
    }

    boolean isClosed() {
        return closed;
    }

    /** Ends the cursor, and abandons the events that the client was not sent. */
    void close(Ring ring) {
        authors.followers().forEach(follower -> follower.close(ring));
        position.clearPage();
        closed = true;
    }
}
