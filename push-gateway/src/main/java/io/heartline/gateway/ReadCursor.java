package io.heartline.gateway;

import io.heartline.events.Position;
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
    private static final int STEP = 1_000;

    final Following following;
    /** Records from this offset on are live; the client missed those before, and comes back for them. */
    final long firstLive;

    private final Partition partition;
    private final AuthorLog log;
    private final PendingDigest digest;
    private final Queue<Entry> page = new ArrayDeque<>(0);
    private long lastRead;
    private long pageEnd; // inclusive
    private boolean joined; // the ring has every record after lastRead, and evicts none that was not read
    private boolean caughtUp; // has read everything that the client missed
    private boolean digestDue;
    private boolean closed;
    private boolean hasLiveEvents;
    private int delivered; // of a batch, as the two below
    private int filtered;
    private int replayed;
    private long settled; // number of the author's events before the first live one, and of those sent or filtered

    /**
     * @param lastRead the offset that the client has seen, or {@link Position#BEFORE_FIRST}
     * @param firstLive greater than {@code lastRead}
     */
    ReadCursor(Partition partition, AuthorLog log, Following following, long lastRead, long firstLive) {
        this.partition = partition;
        this.log = log;
        this.following = following;
        this.digest = new PendingDigest(following);
        this.lastRead = lastRead;
        this.pageEnd = lastRead;
        this.firstLive = firstLive;
    }

    /** Called once, when the cursor has become one of the author's followers. */
    void open() {
        if (!isAhead()) {
            beginLive(followers().events());
        }
        join();
    }

    /** Returns whether another instance has sent the client records that this one has yet to read. */
    boolean isAhead() {
        return firstLive > partition.next();
    }

    /**
     * Called when the author's next event is live.
     *
     * @param events of the author before that one
     */
    void beginLive(long events) {
        hasLiveEvents = true;
        settled = events;
    }

    private Followers followers() {
        return log.followers();
    }

    AuthorLog log() {
        return log;
    }

    /** Returns the offset up to which the cursor has read. */
    long lastRead() {
        return lastRead;
    }

    boolean readsFromRing() {
        return joined && !digest.isAttached();
    }

    private boolean isLive() {
        return lastRead + 1 >= firstLive;
    }

    /**
     * Returns the next frames, in order.
     *
     * @param max frames; at least 1
     * @param lastSent the offset of the last position that the client was sent
     */
    Batch take(int max, long lastSent) {
        Batch batch = new Batch(max);
        if (closed) {
            return batch;
        }
        if (following.isConflated()) {
            if (digest.isAttached()) {
                catchUpTo(lastRead, batch);
            } else {
                readIntoDigest(batch);
            }
            if (digestDue) {
                takeDigest(batch, lastSent);
            }
        } else {
            if (digest.isAttached()) {
                takeDigest(batch, lastSent);
            }
            readOneByOne(batch);
            count();
        }
        if (batch.isCaughtUp() && !batch.isFull() && !isBehind() && lastRead > batch.lastOffset(lastSent)) {
            batch.add(Frame.position(partition.position(lastRead)));
        }
        return batch;
    }

    private void readOneByOne(Batch batch) {
        while (!batch.isFull() && !page.isEmpty()) {
            send(page.remove(), batch);
        }
        if (!page.isEmpty()) {
            return;
        }
        lastRead = Math.max(lastRead, pageEnd);
        if (!join()) {
            catchUpTo(lastRead, batch);
            batch.endsBeforeAPage();
            return;
        }
        int i = log.after(lastRead);
        while (!batch.isFull() && i < log.size()) {
            Entry entry = log.get(i++);
            catchUpTo(entry.offset - 1, batch);
            send(entry, batch);
        }
        if (i == log.size() && !batch.isFull()) {
            arrive();
            catchUpTo(lastRead, batch);
        }
    }

    private void send(Entry entry, Batch batch) {
        lastRead = entry.offset;
        if (!partition.validate(entry)) {
            return;
        }
        boolean wanted = following.wants(entry);
        if (wanted) {
            batch.add(entry.frame());
        }
        if (entry.offset < firstLive) {
            replayed += wanted ? 1 : 0;
        } else if (wanted) {
            delivered++;
        } else {
            filtered++;
        }
    }

    /** Counts what was read one by one: once a batch, because counters are shared by all threads. */
    private void count() {
        settle(GatewayMetrics.Outcome.delivered, delivered);
        settle(GatewayMetrics.Outcome.filtered, filtered);
        if (replayed > 0) {
            partition.metrics().replayed(replayed);
        }
        delivered = 0;
        filtered = 0;
        replayed = 0;
    }

    private void readIntoDigest(Batch batch) {
        int left = STEP;
        while (left > 0 && !page.isEmpty()) {
            addToDigest(page.remove());
            left--;
        }
        if (!page.isEmpty()) {
            batch.continues();
            return;
        }
        lastRead = Math.max(lastRead, pageEnd);
        catchUpTo(lastRead, batch);
        if (!join()) {
            batch.endsBeforeAPage();
            return;
        }
        for (int i = log.after(lastRead); i < log.size(); i++) {
            if (left-- == 0) {
                batch.continues();
                return;
            }
            addToDigest(log.get(i));
        }
        if (lastRead < partition.next()) { // another instance may have sent the client more than this one has read
            attachDigest();
        }
        catchUpTo(lastRead, batch);
    }

    private void addToDigest(Entry entry) {
        lastRead = entry.offset;
        if (!partition.validate(entry)) {
            return;
        }
        boolean live = entry.offset >= firstLive;
        if (following.wants(entry)) {
            digest.add(entry, live);
        } else if (live) {
            settle(GatewayMetrics.Outcome.filtered, 1);
        }
    }

    private void attachDigest() {
        arrive();
        digest.attach(followers());
    }

    private void conflate() {
        for (int i = log.after(lastRead); i < log.size(); i++) {
            addToDigest(log.get(i));
        }
        attachDigest();
    }

    /** Called while the socket is full. Conflates if so many events were not read that the client should not receive each. */
    void conflateIfFarBehind(int maxUnread) {
        if (!closed && readsFromRing() && isLive() && log.size() - log.after(lastRead) > maxUnread) {
            conflate();
        }
    }

    /** Called before the ring evicts an entry that a cursor still has to read. */
    void evicting(Entry entry) {
        if (!readsFromRing() || lastRead >= entry.offset) {
            return;
        }
        if (isLive()) {
            conflate();
        } else {
            joined = false; // reads it from Kafka
        }
    }

    /** Called when an interval of the client's digests ends. Returns whether there may be something to send. */
    boolean endInterval() {
        if (digest.isAttached()) {
            if (!hasDigest()) {
                return false;
            }
            digest.endInterval(followers());
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
        boolean detaches = digest.isAttached() && !following.isConflated();
        PendingDigest.Taken taken = digest.take(followers(), partition.position(lastSent), following.isConflated());
        settle(GatewayMetrics.Outcome.folded, taken.live());
        settle(GatewayMetrics.Outcome.filtered, taken.filtered());
        partition.metrics().replayed(taken.replayed());
        if (taken.frame() != null) {
            batch.add(taken.frame());
        }
        if (detaches) {
            readOn();
        }
    }

    /** Reads entries one by one again, from now on. */
    private void readOn() {
        arrive();
        followers().lower(lastRead);
    }

    private void settle(GatewayMetrics.Outcome outcome, long events) {
        if (events > 0) {
            settled += events;
            partition.settled(outcome, events);
        }
    }

    /** From now on the ring evicts nothing unseen that this cursor still has to read. */
    private boolean join() {
        if (!joined && lastRead + 1 >= partition.first()) {
            joined = true;
            followers().lower(lastRead);
        }
        return joined;
    }

    /** Has read everything that there is. */
    private void arrive() {
        lastRead = Math.max(lastRead, partition.next() - 1);
    }

    private void catchUpTo(long offset, Batch batch) {
        if (!caughtUp && offset + 1 >= firstLive) {
            caughtUp = true;
            batch.catchesUp();
            Long oldest = digest.oldestLoggedAt();
            // the interval of what the client came back for may have ended while it was away
            if (following.isConflated() && oldest != null && partition.hasIntervalEndedSince(oldest, following)) {
                digestDue = true;
            }
        }
    }

    void hand(LogReader.Page read) {
        if (!closed) {
            page.addAll(read.entries());
            pageEnd = read.next() - 1;
        }
    }

    /** Returns whether there may be something that the client was not sent. */
    boolean isBehind() {
        return !closed
                && (!joined
                        || !page.isEmpty()
                        || hasDigest()
                        || !digest.isAttached() && log.after(lastRead) < log.size());
    }

    /** Returns whether the client has yet to receive a digest. Events of which none matches are skipped. */
    private boolean hasDigest() {
        if (digest.hasEvents(followers())) {
            return true;
        }
        if (digest.isAttached()) {
            settle(GatewayMetrics.Outcome.filtered, digest.skip(followers(), following.isConflated()));
            if (!digest.isAttached()) {
                readOn();
            }
        }
        return false;
    }

    /**
     * Returns the offset up to which the client has been sent everything.
     *
     * @param lastSent the offset of the last position that the client was sent
     */
    long restingOffset(long lastSent) {
        if (closed || hasDigest()) {
            return lastSent;
        }
        if (!isBehind()) {
            arrive();
        }
        return Math.max(lastSent, lastRead);
    }

    /** Returns how many of the author's events the client was not sent, neither alone nor in a digest. */
    long distance() {
        if (closed) {
            return 0;
        }
        return Math.max(owed(), digest.isAttached() ? 0 : log.size() - log.after(lastRead));
    }

    private long owed() {
        return hasLiveEvents ? followers().events() - settled : 0;
    }

    /** Ends the cursor and returns how many live events the client was not sent. */
    long close() {
        long abandoned = owed();
        digest.close(followers());
        page.clear();
        closed = true;
        return abandoned;
    }
}
