package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.GatewayMetrics;
import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.digest.DigestSegments;
import io.heartline.gateway.stream.digest.PendingDigest;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Where a connection stands in its author's log. Replay, live reading and conflation are the same loop at different distances
 * from the log's end. Guarded by its {@link Partition}.
 *
 * <p>A cursor reads entries one by one until it conflates: then it adds the entries that it still has to read to its
 * {@link PendingDigest}, to which the author's later events are added without it. A client that asks for digests always
 * conflates, and receives its digest when an interval ends. Any other client conflates while its socket is full, and receives the
 * digest when there is room.
 */
final class ReadCursor {

    /** Entries that are added to a digest in one step, so that the partition's lock is not held for long. */
    private static final int MAX_ENTRIES_PER_STEP = 1_000;

    final FollowRequest request;
    /** Records from this offset on are live; the client missed those before, and comes back for them. */
    final long firstLive;

    private final Partition partition;
    private final AuthorEntries authorEntries;
    private final PendingDigest digest;
    private final Queue<LogEntry> page = new ArrayDeque<>(0);
    private long nextOffset;
    private long pageNextOffset; // the first offset that the pages received so far do not cover
    private Phase phase = Phase.REPLAYING;
    // the caught-up signal was sent; a replaying cursor can have sent it if the ring begins after firstLive
    private boolean caughtUp;
    private boolean digestDue;
    private boolean closed;
    private boolean hasLiveEvents;
    private int delivered; // of a batch, as the two below
    private int filtered;
    private int replayed;
    private long
            eventsHandled; // number of the author's events before the first live one, and of those sent or filtered

    /** Where the records are that a cursor reads next. */
    private enum Phase {
        /** The next record has left the ring: the cursor reads pages of the log. */
        REPLAYING,
        /** The cursor reads from the ring what the client missed. */
        CATCHING_UP,
        /** The cursor reads from the ring what came after the client, or conflates it. This phase does not end. */
        LIVE
    }

    /**
     * @param nextOffset the first offset that the client has not seen
     * @param firstLive at least {@code nextOffset}
     */
    ReadCursor(
            Partition partition, AuthorEntries authorEntries, FollowRequest request, long nextOffset, long firstLive) {
        this.partition = partition;
        this.authorEntries = authorEntries;
        this.request = request;
        this.digest = new PendingDigest(request);
        this.nextOffset = nextOffset;
        this.pageNextOffset = nextOffset;
        this.firstLive = firstLive;
    }

    /** Called once, when the cursor has become one of the author's followers. */
    void start() {
        if (!isAhead()) {
            startLive(segments().events());
        }
        updatePhase();
    }

    /** Returns whether another instance has sent the client records that this one has yet to read. */
    boolean isAhead() {
        return firstLive > partition.nextOffset();
    }

    /**
     * Called when the author's next event is live.
     *
     * @param events of the author before that one
     */
    void startLive(long events) {
        hasLiveEvents = true;
        eventsHandled = events;
    }

    private Followers followers() {
        return authorEntries.followers();
    }

    private DigestSegments segments() {
        return followers().segments();
    }

    AuthorEntries authorEntries() {
        return authorEntries;
    }

    /** Returns the first offset that the cursor has not read. */
    long nextOffset() {
        return nextOffset;
    }

    boolean readsFromRing() {
        return phase != Phase.REPLAYING && !digest.isAttached();
    }

    /**
     * Returns the next frames, in order.
     *
     * @param max frames; at least 1
     * @param lastSent the offset of the last position that the client was sent
     */
    Batch nextBatch(int max, long lastSent) {
        Batch batch = new Batch(max);
        if (closed) {
            return batch;
        }
        if (request.isConflated()) {
            if (digest.isAttached()) {
                checkCaughtUp(nextOffset, batch);
            } else {
                conflateStep(batch);
            }
            if (digestDue) {
                takeDigest(batch, lastSent);
            }
        } else {
            if (digest.isAttached()) {
                takeDigest(batch, lastSent);
            }
            addFrames(batch);
            recordOutcomes();
        }
        if (batch.isCaughtUp() && !batch.isFull() && !isBehind() && nextOffset - 1 > batch.lastOffset(lastSent)) {
            batch.add(Frame.position(partition.position(nextOffset - 1)));
        }
        return batch;
    }

    private void addFrames(Batch batch) {
        while (!batch.isFull() && !page.isEmpty()) {
            addToBatch(page.remove(), batch);
        }
        if (!page.isEmpty()) {
            return;
        }
        advanceTo(pageNextOffset);
        if (phase == Phase.REPLAYING) {
            checkCaughtUp(nextOffset, batch);
            batch.requirePage();
            return;
        }
        int i = authorEntries.indexFrom(nextOffset);
        while (!batch.isFull() && i < authorEntries.size()) {
            LogEntry entry = authorEntries.get(i++);
            checkCaughtUp(entry.offset, batch);
            addToBatch(entry, batch);
        }
        if (i == authorEntries.size() && !batch.isFull()) {
            advanceToHead();
            checkCaughtUp(nextOffset, batch);
        }
    }

    private void addToBatch(LogEntry entry, Batch batch) {
        advanceTo(entry.offset + 1);
        if (!partition.decode(entry)) {
            return;
        }
        boolean matches = request.wants(entry);
        if (matches) {
            batch.add(entry.frame());
        }
        if (entry.offset < firstLive) {
            replayed += matches ? 1 : 0;
        } else if (matches) {
            delivered++;
        } else {
            filtered++;
        }
    }

    /** Counts what was read one by one: once a batch, because counters are shared by all threads. */
    private void recordOutcomes() {
        recordOutcome(GatewayMetrics.Outcome.delivered, delivered);
        recordOutcome(GatewayMetrics.Outcome.filtered, filtered);
        if (replayed > 0) {
            partition.metrics().replayed(replayed);
        }
        delivered = 0;
        filtered = 0;
        replayed = 0;
    }

    private void conflateStep(Batch batch) {
        int left = MAX_ENTRIES_PER_STEP;
        while (left > 0 && !page.isEmpty()) {
            addToDigest(page.remove());
            left--;
        }
        if (!page.isEmpty()) {
            batch.continueLater();
            return;
        }
        advanceTo(pageNextOffset);
        checkCaughtUp(nextOffset, batch);
        if (phase == Phase.REPLAYING) {
            batch.requirePage();
            return;
        }
        for (int i = authorEntries.indexFrom(nextOffset); i < authorEntries.size(); i++) {
            if (left-- == 0) {
                batch.continueLater();
                return;
            }
            addToDigest(authorEntries.get(i));
        }
        if (nextOffset <= partition.nextOffset()) { // another instance may have sent more than this one has read
            attachDigest();
        }
        checkCaughtUp(nextOffset, batch);
    }

    private void addToDigest(LogEntry entry) {
        advanceTo(entry.offset + 1);
        if (!partition.decode(entry)) {
            return;
        }
        boolean live = entry.offset >= firstLive;
        if (request.wants(entry)) {
            digest.add(entry, live);
        } else if (live) {
            recordOutcome(GatewayMetrics.Outcome.filtered, 1);
        }
    }

    private void attachDigest() {
        advanceToHead();
        digest.attach(segments());
    }

    private void conflate() {
        for (int i = authorEntries.indexFrom(nextOffset); i < authorEntries.size(); i++) {
            addToDigest(authorEntries.get(i));
        }
        attachDigest();
    }

    /** Called while the socket is full. Conflates if so many events were not read that the client should not receive each. */
    void conflateIfFarBehind(int digestThreshold) {
        if (!closed
                && phase == Phase.LIVE
                && !digest.isAttached()
                && authorEntries.size() - authorEntries.indexFrom(nextOffset) > digestThreshold) {
            conflate();
        }
    }

    /** Called before the ring evicts an entry that a cursor still has to read. */
    void beforeEviction(LogEntry entry) {
        if (!readsFromRing() || nextOffset > entry.offset) {
            return;
        }
        if (phase == Phase.LIVE) {
            conflate();
        } else {
            phase = Phase.REPLAYING;
        }
    }

    /** Called when an interval of the client's digests ends. Returns whether there may be something to send. */
    boolean endInterval() {
        if (digest.isAttached()) {
            if (!hasDigest()) {
                return false;
            }
            digest.endInterval(segments());
        } else if (!caughtUp) {
            return false; // its digest is sent as a whole, at the end of the replay
        }
        digestDue = true;
        return true;
    }

    /**
     * Returns the frame for the pending digest, whether or not it is due; null if there is nothing to send.
     *
     * @param lastSent the offset of the last position that the client was sent
     */
    Frame takeDigest(long lastSent) {
        Batch batch = new Batch(1);
        if (!closed) {
            takeDigest(batch, lastSent);
        }
        return batch.isEmpty() ? null : batch.frames().get(0);
    }

    private void takeDigest(Batch batch, long lastSent) {
        digestDue = false;
        boolean detaches = digest.isAttached() && !request.isConflated();
        PendingDigest.Taken taken = digest.take(segments(), partition.position(lastSent), request.isConflated());
        recordOutcome(GatewayMetrics.Outcome.digested, taken.live());
        recordOutcome(GatewayMetrics.Outcome.filtered, taken.filtered());
        partition.metrics().replayed(taken.replayed());
        if (taken.frame() != null) {
            batch.add(taken.frame());
        }
        if (detaches) {
            resumeReading();
        }
    }

    /** Reads entries one by one again, from now on. */
    private void resumeReading() {
        advanceToHead();
        followers().trackCursor(nextOffset);
    }

    private void recordOutcome(GatewayMetrics.Outcome outcome, long events) {
        if (events > 0) {
            eventsHandled += events;
            partition.recordOutcome(outcome, events);
        }
    }

    /** Skips to the end of what there is. */
    private void advanceToHead() {
        advanceTo(partition.nextOffset());
    }

    private void advanceTo(long offset) {
        nextOffset = Math.max(nextOffset, offset);
        updatePhase();
    }

    /** Enters the phase that the next offset belongs to. Only {@link #beforeEviction} leads back. */
    private void updatePhase() {
        if (phase == Phase.REPLAYING && page.isEmpty() && nextOffset >= partition.firstOffset()) {
            phase = Phase.CATCHING_UP;
            followers().trackCursor(nextOffset); // from now on the ring evicts nothing that the cursor has not read
        }
        if (phase == Phase.CATCHING_UP && nextOffset >= firstLive) {
            phase = Phase.LIVE;
        }
    }

    private void checkCaughtUp(long next, Batch batch) {
        if (!caughtUp && next >= firstLive) {
            caughtUp = true;
            batch.markCaughtUp();
            Long oldest = digest.oldestLoggedAt();
            // the interval of what the client came back for may have ended while it was away
            if (request.isConflated() && oldest != null && partition.hasIntervalEndedSince(oldest, request)) {
                digestDue = true;
            }
        }
    }

    void addPage(History.Page newPage) {
        if (!closed) {
            page.addAll(newPage.entries());
            pageNextOffset = newPage.next();
        }
    }

    /** Returns whether there may be something that the client was not sent. */
    boolean isBehind() {
        return !closed
                && (phase == Phase.REPLAYING
                        || !page.isEmpty()
                        || hasDigest()
                        || !digest.isAttached() && authorEntries.indexFrom(nextOffset) < authorEntries.size());
    }

    /** Returns whether the client has yet to receive a digest. Events of which none matches are skipped. */
    private boolean hasDigest() {
        if (digest.hasEvents(segments())) {
            return true;
        }
        if (digest.isAttached()) {
            recordOutcome(GatewayMetrics.Outcome.filtered, digest.discard(segments(), request.isConflated()));
            if (!digest.isAttached()) {
                resumeReading();
            }
        }
        return false;
    }

    /**
     * Returns the offset up to which the client has been sent everything.
     *
     * @param lastSent the offset of the last position that the client was sent
     */
    long resumeOffset(long lastSent) {
        if (closed || hasDigest()) {
            return lastSent;
        }
        if (!isBehind()) {
            advanceToHead();
        }
        return Math.max(lastSent, nextOffset - 1);
    }

    /** Returns how many of the author's events the client was not sent, neither alone nor in a digest. */
    long lag() {
        if (closed) {
            return 0;
        }
        return Math.max(
                pendingEvents(), digest.isAttached() ? 0 : authorEntries.size() - authorEntries.indexFrom(nextOffset));
    }

    private long pendingEvents() {
        return hasLiveEvents ? segments().events() - eventsHandled : 0;
    }

    /** Ends the cursor and returns how many live events the client was not sent. */
    long close() {
        long unsent = pendingEvents();
        digest.close(segments());
        page.clear();
        closed = true;
        return unsent;
    }
}
