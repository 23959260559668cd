package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.LogEntry;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The next offset of a cursor, and the place from which it reads next: a page or the ring. Guarded by the partition's lock.
 */
final class ReadPosition {

    private final Partition partition;
    private final FollowedAuthors authors;
    private final long firstLive;
    private @Nullable Queue<LogEntry> page; // null while there is no entry to read
    private long nextOffset;
    private long pageNextOffset; // the first offset that the pages received so far do not cover
    private Phase phase = Phase.REPLAYING;
    private boolean caughtUp; // can be true in each phase, because the ring may begin after the first live offset

    /** The place of the records that a cursor reads next. */
    private enum Phase {
        /** The next record has left the ring, so the cursor reads pages of the log. */
        REPLAYING,
        /** The cursor reads events that the client missed from the ring. */
        CATCHING_UP,
        /** The cursor reads live records from the ring, or conflates them. This phase does not end. */
        LIVE
    }

    /**
     * @param nextOffset the first offset that the client has not seen
     * @param firstLive the first live offset; at least {@code nextOffset}
     */
    ReadPosition(Partition partition, FollowedAuthors authors, long nextOffset, long firstLive) {
        this.partition = partition;
        this.authors = authors;
        this.nextOffset = nextOffset;
        this.pageNextOffset = nextOffset;
        this.firstLive = firstLive;
    }

    /** Called once, when the cursor has become one of the author's followers. */
    void start() {
        updatePhase();
    }

    /** Returns the first offset that was not read. */
    long nextOffset() {
        return nextOffset;
    }

    boolean isReplaying() {
        return phase == Phase.REPLAYING;
    }

    boolean isLive() {
        return phase == Phase.LIVE;
    }

    /** Returns whether the client has received everything before its first live offset. */
    boolean isCaughtUp() {
        return caughtUp;
    }

    /**
     * Marks the client as caught up if it has received everything before its first live offset.
     *
     * @param offset the next offset, or the offset of the entry that is about to be read
     * @return true if this call has marked it
     */
    boolean markCaughtUp(long offset) {
        if (caughtUp || offset < firstLive) {
            return false;
        }
        caughtUp = true;
        return true;
    }

    boolean hasPageEntry() {
        return page != null;
    }

    LogEntry removePageEntry() {
        LogEntry entry = page.remove();
        if (page.isEmpty()) {
            page = null;
        }
        return entry;
    }

    /** Skips to the end of the pages received so far, whose entries have all been removed. */
    void finishPage() {
        advanceTo(pageNextOffset);
    }

    void addPage(History.Page newPage) {
        if (page != null) {
            page.addAll(newPage.entries());
        } else if (!newPage.entries().isEmpty()) {
            page = new ArrayDeque<>(newPage.entries());
        }
        pageNextOffset = newPage.next();
    }

    void clearPage() {
        page = null;
    }

    /** Returns how many of the authors' entries in the ring were not read. */
    int unread() {
        return authors.countFrom(nextOffset);
    }

    boolean hasUnread() {
        return authors.hasEntryFrom(nextOffset);
    }

    void markRead(LogEntry entry) {
        advanceTo(entry.offset + 1);
    }

    /** Returns whether another instance has sent the client records that this one has yet to read. */
    boolean isAheadOfPartition() {
        return nextOffset > partition.nextOffset();
    }

    /** Skips all records of the partition. */
    void advanceToHead() {
        advanceTo(partition.nextOffset());
    }

    /** Skips records of which none is of the cursor's authors. */
    void skipTo(long offset) {
        advanceTo(offset);
    }

    /** Makes the ring call {@link ReadCursor#beforeEviction} before it evicts an entry that was not read. */
    void trackInRing() {
        authors.trackCursor(nextOffset);
    }

    /** Returns to pages. Called before the next entry is evicted from the ring while the cursor is catching up. */
    void leaveRing() {
        phase = Phase.REPLAYING;
    }

    private void advanceTo(long offset) {
        nextOffset = Math.max(nextOffset, offset);
        updatePhase();
    }

    /** Enters the phase of the next offset. Only {@link #leaveRing} returns to an earlier phase. */
    private void updatePhase() {
        enterRingIfReached();
        if (phase == Phase.CATCHING_UP && nextOffset >= firstLive) {
            phase = Phase.LIVE;
        }
    }

    /** Ends the replay at the ring's first offset. From then on, the ring evicts no entry without a call to the cursor. */
    private void enterRingIfReached() {
        if (phase == Phase.REPLAYING && page == null && nextOffset >= partition.firstOffset()) {
            phase = Phase.CATCHING_UP;
            trackInRing();
        }
    }
}
