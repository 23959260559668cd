package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.GatewayMetrics.Outcome;
import io.heartline.gateway.stream.digest.DigestSegments;
import io.heartline.gateway.stream.digest.PendingDigest;

/** Counts the outcomes of the events that a cursor reads. Guarded by the partition's lock. */
final class CursorCounters {

    private final Partition partition;
    private boolean hasLiveEvents;
    // the author's events before the first live event, and the events whose outcome is recorded
    private long eventsHandled;
    // events that were read since the last record()
    private int delivered;
    private int filtered;
    private int replayed;

    CursorCounters(Partition partition) {
        this.partition = partition;
    }

    /**
     * Called when the author's next event is live.
     *
     * @param events the number of the author's events before that event
     */
    void startLive(long events) {
        hasLiveEvents = true;
        eventsHandled = events;
    }

    /** Counts an event that was read to be sent as a frame of its own. */
    void count(boolean isLive, boolean matches) {
        if (!isLive) {
            replayed += matches ? 1 : 0;
        } else if (matches) {
            delivered++;
        } else {
            filtered++;
        }
    }

    /** Records the counted events. Called once for each batch, because all threads share the meters. */
    void record() {
        record(Outcome.delivered, delivered);
        record(Outcome.filtered, filtered);
        if (replayed > 0) {
            partition.metrics().replayed(replayed);
        }
        delivered = 0;
        filtered = 0;
        replayed = 0;
    }

    void recordFiltered(long events) {
        record(Outcome.filtered, events);
    }

    void recordDigest(PendingDigest.Taken digest) {
        record(Outcome.digested, digest.live());
        record(Outcome.filtered, digest.filtered());
        partition.metrics().replayed(digest.replayed());
    }

    private void record(Outcome outcome, long events) {
        if (events > 0) {
            eventsHandled += events;
            partition.recordOutcome(outcome, events);
        }
    }

    /** Returns how many live events have no outcome yet. */
    long pending(DigestSegments segments) {
        return hasLiveEvents ? segments.events() - eventsHandled : 0;
    }
}
