package io.heartline.reports.live;

import io.heartline.events.Position;
import io.heartline.reports.live.WatchedWeek.Snapshot;
import io.heartline.reports.read.ReportView;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.FluxSink;

/**
 * A client that watches one report. It has no queue: if it does not read, it misses events, and its next event has the then present
 * figures. Confined to the tail's thread, except for the constructor.
 */
final class LiveClient {

    private static final long HEARTBEAT_NANOS = Duration.ofSeconds(20).toNanos();

    private final WatchRequest request;
    private final FluxSink<byte[]> sink;
    private final LiveMetrics metrics;
    private final long expiresAt;
    private final long atLeastUntil;

    private @Nullable ReportView sent;
    private long sentAt;
    private long heartbeatAt;
    private boolean isStale;
    private boolean isReportRequired;

    /**
     * Creates a client that has received nothing.
     *
     * @param now in nanoseconds, as of the monotonic clock that all methods share
     */
    LiveClient(WatchRequest request, FluxSink<byte[]> sink, LiveMetrics metrics, long now) {
        this.request = request;
        this.sink = sink;
        this.metrics = metrics;
        this.expiresAt =
                request.expiresIn() == null ? 0 : now + request.expiresIn().toNanos();
        this.atLeastUntil = now + request.atLeastTimeout().toNanos();
    }

    WatchRequest request() {
        return request;
    }

    boolean isExpired(long now) {
        return request.expiresIn() != null && now - expiresAt >= 0;
    }

    /** Returns whether the client has disconnected. */
    boolean hasLeft() {
        return sink.isCancelled();
    }

    /** Returns whether the client has received no report. */
    boolean isNew() {
        return sent == null;
    }

    /** Returns whether the client has to receive the snapshot, now or later. */
    boolean lacks(Snapshot snapshot) {
        return sent == null || isReportRequired || !sent.equals(snapshot.figures());
    }

    /** Records that the report was loaded again, so that the client has to receive it, and its position, even if no figure differs. */
    void requireReport() {
        isReportRequired = true;
    }

    /**
     * Returns when the client may receive a report: immediately for the first one, unless it waits for a position.
     *
     * @param through the position that the report includes
     * @return a time of the monotonic clock; in the past if the client may receive it now
     */
    long reportDueAt(Position through, long now) {
        if (sent != null) {
            return sentAt + request.every().toNanos();
        }
        Position atLeast = request.atLeast();
        boolean isIncluded = atLeast == null
                || !atLeast.epoch().equals(through.epoch())
                || through.nextOffset() >= atLeast.nextOffset();
        return isIncluded ? now : atLeastUntil;
    }

    /** Sends a report, unless the client has not read earlier events. Returns whether it was sent. */
    boolean sendReport(Snapshot snapshot, long now) {
        if (!send(snapshot.event())) {
            return false;
        }
        metrics.report();
        heartbeatAt = sent == null ? now + HEARTBEAT_NANOS : heartbeatAt;
        sent = snapshot.figures();
        sentAt = now;
        isStale = false;
        isReportRequired = false;
        return true;
    }

    /**
     * Sends a heartbeat if one is due, or if the stream has become stale or is no longer stale.
     *
     * @param stale the event {@code stale}; null if all records are included
     */
    void heartbeat(byte @Nullable [] stale, byte[] through, long now) {
        boolean isDue = now - heartbeatAt >= 0;
        boolean isChanged = isStale != (stale != null);
        if (sent == null || !isDue && !isChanged || !send(stale == null ? through : stale)) {
            return;
        }
        if (stale == null) {
            metrics.through();
        } else {
            metrics.stale();
        }
        isStale = stale != null;
        heartbeatAt = isDue ? heartbeatAt + HEARTBEAT_NANOS : now + HEARTBEAT_NANOS;
        if (now - heartbeatAt >= 0) { // the client has not read for several intervals
            heartbeatAt = now + HEARTBEAT_NANOS;
        }
    }

    private boolean send(byte[] event) {
        if (sink.requestedFromDownstream() == 0 || sink.isCancelled()) {
            return false;
        }
        sink.next(event);
        return true;
    }

    /** Ends the stream with the event {@code expired}. */
    void expire() {
        metrics.expired();
        sink.next(LiveEvent.EXPIRED);
        sink.complete();
    }

    /** Ends the stream, so that the client reconnects. */
    void end() {
        sink.complete();
    }

    /** Refuses the client if its stream has not begun, and otherwise breaks the stream. */
    void fail(Throwable reason) {
        sink.error(reason);
    }
}
