package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.digest.DigestFrames;
import io.heartline.gateway.stream.digest.PendingDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The conflation of a cursor. It adds the cursor's unread entries to the {@link PendingDigest} of each author. When all entries are
 * read, it attaches the digests to the authors' segments. The digests of all authors begin and end together, so that one frame and one
 * position cover them. Guarded by the partition's lock.
 */
final class CursorDigest {

    /** The maximum number of entries that are added in one step, so that the partition's lock is not held for long. */
    private static final int MAX_ENTRIES_PER_STEP = 1_000;

    private final Partition partition;
    private final FollowedAuthors authors;
    private final FollowRequest request;
    private final ReadPosition position;
    private boolean attached;
    private boolean due;

    CursorDigest(Partition partition, FollowedAuthors authors, FollowRequest request, ReadPosition position) {
        this.partition = partition;
        this.authors = authors;
        this.request = request;
        this.position = position;
    }

    /** Returns whether the digest includes the authors' later events without further reading. */
    boolean isAttached() {
        return attached;
    }

    /** Returns whether an interval has ended and its digest was not taken. */
    boolean isDue() {
        return due;
    }

    /** Reads entries into the digest, up to the newest entry or the maximum of one step. */
    void readStep(Batch batch) {
        int left = MAX_ENTRIES_PER_STEP;
        while (left > 0 && position.hasPageEntry()) {
            LogEntry entry = position.removePageEntry();
            add(entry, authors.of(entry.author));
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
        FollowedAuthors.Entries entries = authors.entriesFrom(position.nextOffset());
        for (LogEntry entry = entries.next(); entry != null; entry = entries.next()) {
            if (left-- == 0) {
                batch.continueLater();
                return;
            }
            add(entry, entries.follower());
        }
        if (!position.isAheadOfPartition()) {
            attach();
        }
        signalCaughtUp(batch);
    }

    /** @param follower null if the author was unfollowed after the entry's page was read */
    private void add(LogEntry entry, Follower follower) {
        position.markRead(entry);
        if (follower == null || !partition.decode(entry)) {
            return;
        }
        boolean live = follower.isLive(entry.offset);
        if (request.wants(entry)) {
            follower.digest().add(entry, live);
        } else if (live) {
            follower.recordFiltered(1);
        }
    }

    private void attach() {
        position.advanceToHead();
        authors.followers().forEach(follower -> follower.digest().attach(follower.segments()));
        attached = true;
    }

    /** Reads all entries of the ring into the digest, and attaches it. */
    void conflate() {
        FollowedAuthors.Entries entries = authors.entriesFrom(position.nextOffset());
        for (LogEntry entry = entries.next(); entry != null; entry = entries.next()) {
            add(entry, entries.follower());
        }
        attach();
    }

    /** Marks the batch if the client has caught up. The digest is due if an interval has ended since its first event. */
    void signalCaughtUp(Batch batch) {
        if (position.markCaughtUp(position.nextOffset())) {
            batch.markCaughtUp();
            for (Follower follower : authors.followers()) {
                Long oldest = follower.digest().oldestLoggedAt();
                due |= oldest != null && partition.hasIntervalEndedSince(oldest, request);
            }
        }
    }

    /** Called when an interval of the client's digests ends. Returns whether there may be a digest to send. */
    boolean endInterval() {
        if (attached) {
            if (!hasEvents()) {
                return false;
            }
            authors.followers().forEach(follower -> follower.digest().endInterval(follower.segments()));
        } else if (!position.isCaughtUp()) {
            return false; // the client receives one digest of the whole replay, at its end
        }
        due = true;
        return true;
    }

    /** Returns whether the client has yet to receive a digest. Skips pending events if none of them matches. */
    boolean hasEvents() {
        boolean any = false;
        for (Follower follower : authors.followers()) {
            any |= follower.digest().hasEvents(follower.segments());
        }
        if (!any && attached) {
            for (Follower follower : authors.followers()) {
                follower.recordFiltered(follower.digest().discard(follower.segments(), request.isConflated()));
            }
            if (!request.isConflated()) {
                resumeReading();
            }
        }
        return any;
    }

    /** Includes the events after the end of the interval, so that the next digest begins at the present. */
    void continueToPresent() {
        authors.followers().forEach(follower -> follower.digest().continueToPresent(follower.segments()));
    }

    /**
     * Adds the digest's frame to the batch, if the digest has events.
     *
     * @param lastSent the offset of the last position that the client was sent
     */
    void take(Batch batch, long lastSent) {
        due = false;
        boolean detaches = attached && !request.isConflated();
        List<DigestFrames.OfAuthor> taken = new ArrayList<>(1);
        for (Follower follower : authors.followers()) {
            taken.add(new DigestFrames.OfAuthor(follower.author(), follower.takeDigest(request.isConflated())));
        }
        Frame frame = request.namesAuthors()
                ? DigestFrames.listing(partition.position(lastSent), taken)
                : taken.get(0).taken().frame(partition.position(lastSent));
        if (frame != null) {
            batch.add(frame);
        }
        if (detaches) {
            resumeReading();
        }
    }

    /** Lets the cursor read later entries one by one again. */
    private void resumeReading() {
        attached = false;
        position.advanceToHead();
        position.trackInRing();
    }
}
