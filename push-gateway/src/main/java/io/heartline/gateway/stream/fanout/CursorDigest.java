package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.digest.DigestSegments;
import io.heartline.gateway.stream.digest.PendingDigest;

/**
 * The conflation of a cursor: adds entries that the cursor still has to read to its {@link PendingDigest}, and attaches the
 * digest to the author's segments once there are none. Guarded by the partition's lock.
 */
final class CursorDigest {

    /** Entries that are added to a digest in one step, so that the partition's lock is not held for long. */
    private static final int MAX_ENTRIES_PER_STEP = 1_000;

    private final Partition partition;
    private final AuthorEntries authorEntries;
    private final FollowRequest request;
    private final ReadPosition position;
    private final CursorCounters counters;
    private final PendingDigest pending;
    private boolean due;

    CursorDigest(
            Partition partition,
            AuthorEntries authorEntries,
            FollowRequest request,
            ReadPosition position,
            CursorCounters counters) {
        this.partition = partition;
        this.authorEntries = authorEntries;
        this.request = request;
        this.position = position;
        this.counters = counters;
        this.pending = new PendingDigest(request);
    }

    private DigestSegments segments() {
        return authorEntries.followers().segments();
    }

    /** Returns whether the author's later events are added to the digest without being read. */
    boolean isAttached() {
        return pending.isAttached();
    }

    /** Returns whether an interval has ended whose digest was not taken. */
    boolean isDue() {
        return due;
    }

    /** Reads entries into the digest, up to the newest one or as many as one step may. */
    void readStep(Batch batch) {
        int left = MAX_ENTRIES_PER_STEP;
        while (left > 0 && position.hasPageEntry()) {
            add(position.removePageEntry());
            left--;
        }
        if (position.hasPageEntry()) {
            batch.continueLater();
            return;
        }
        position.finishPage();
        checkCaughtUp(batch);
        if (position.isReplaying()) {
            batch.requirePage();
            return;
        }
        for (int i = position.firstUnread(); i < authorEntries.size(); i++) {
            if (left-- == 0) {
                batch.continueLater();
                return;
            }
            add(authorEntries.get(i));
        }
        if (!position.isAheadOfPartition()) {
            attach();
        }
        checkCaughtUp(batch);
    }

    private void add(LogEntry entry) {
        position.markRead(entry);
        if (!partition.decode(entry)) {
            return;
        }
        boolean live = position.isLive(entry);
        if (request.wants(entry)) {
            pending.add(entry, live);
        } else if (live) {
            counters.recordFiltered(1);
        }
    }

    private void attach() {
        position.advanceToHead();
        pending.attach(segments());
    }

    /** Reads all entries of the ring into the digest, and attaches it. */
    void conflate() {
        for (int i = position.firstUnread(); i < authorEntries.size(); i++) {
            add(authorEntries.get(i));
        }
        attach();
    }

    /** Marks the batch if the client has caught up. An interval of missed events may have ended while the client was away. */
    void checkCaughtUp(Batch batch) {
        if (position.catchesUp(position.nextOffset())) {
            batch.markCaughtUp();
            Long oldest = pending.oldestLoggedAt();
            if (oldest != null && partition.hasIntervalEndedSince(oldest, request)) {
                due = true;
            }
        }
    }

    /** Called when an interval of the client's digests ends. Returns whether there may be something to send. */
    boolean endInterval() {
        if (pending.isAttached()) {
            if (!hasEvents()) {
                return false;
            }
            pending.endInterval(segments());
        } else if (!position.isCaughtUp()) {
            return false; // its digest is sent as a whole, at the end of the replay
        }
        due = true;
        return true;
    }

    /** Returns whether the client has yet to receive a digest. Events of which none matches are skipped. */
    boolean hasEvents() {
        if (pending.hasEvents(segments())) {
            return true;
        }
        if (pending.isAttached()) {
            counters.recordFiltered(pending.discard(segments(), request.isConflated()));
            if (!pending.isAttached()) {
                resumeReading();
            }
        }
        return false;
    }

    /**
     * Adds the digest's frame to the batch, if the digest has events.
     *
     * @param lastSent the offset of the last position that the client was sent
     */
    void take(Batch batch, long lastSent) {
        due = false;
        boolean detaches = pending.isAttached() && !request.isConflated();
        PendingDigest.Taken taken = pending.take(segments(), partition.position(lastSent), request.isConflated());
        counters.recordDigest(taken);
        if (taken.frame() != null) {
            batch.add(taken.frame());
        }
        if (detaches) {
            resumeReading();
        }
    }

    /** Has the cursor read entries one by one again, from now on. */
    private void resumeReading() {
        position.advanceToHead();
        position.trackInRing();
    }

    void close() {
        pending.close(segments());
    }
}
