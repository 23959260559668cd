package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.digest.DigestSegments;
import io.heartline.gateway.stream.digest.PendingDigest;

/**
 * The conflation of a cursor. It adds the cursor's unread entries to its {@link PendingDigest}. When all entries are read, it
 * attaches the digest to the author's segments. Guarded by the partition's lock.
 */
final class CursorDigest {

    /** The maximum number of entries that are added in one step, so that the partition's lock is not held for long. */
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

    /** Returns whether the digest includes the author's later events without further reading. */
    boolean isAttached() {
        return pending.isAttached();
    }

    /** Returns whether an interval has ended and its digest was not taken. */
    boolean isDue() {
        return due;
    }

    /** Reads entries into the digest, up to the newest entry or the maximum of one step. */
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
        signalCaughtUp(batch);
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
        signalCaughtUp(batch);
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

    /** Marks the batch if the client has caught up. The digest is due if an interval has ended since its first event. */
    void signalCaughtUp(Batch batch) {
        if (position.markCaughtUp(position.nextOffset())) {
            batch.markCaughtUp();
            Long oldest = pending.oldestLoggedAt();
            if (oldest != null && partition.hasIntervalEndedSince(oldest, request)) {
                due = true;
            }
        }
    }

    /** Called when an interval of the client's digests ends. Returns whether there may be a digest to send. */
    boolean endInterval() {
        if (pending.isAttached()) {
            if (!hasEvents()) {
                return false;
            }
            pending.endInterval(segments());
        } else if (!position.isCaughtUp()) {
            return false; // the client receives one digest of the whole replay, at its end
        }
        due = true;
        return true;
    }

    /** Returns whether the client has yet to receive a digest. Skips pending events if none of them matches. */
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

    /** Lets the cursor read later entries one by one again. */
    private void resumeReading() {
        position.advanceToHead();
        position.trackInRing();
    }

    void close() {
        pending.close(segments());
    }
}
