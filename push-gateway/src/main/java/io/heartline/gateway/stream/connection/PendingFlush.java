package io.heartline.gateway.stream.connection;

import io.heartline.gateway.stream.DeliverySpan;
import io.heartline.gateway.stream.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** The latency and the spans of frames that were written and not flushed yet. Confined to the thread that writes. */
public final class PendingFlush {

    private long oldestLoggedAt;
    private List<DeliverySpan> traced = List.of(); // few frames are traced

    /** Creates an object without frames. */
    public PendingFlush() {}

    /**
     * Adds a written frame.
     *
     * @param frame the frame
     * @param isLive whether the event is live for the client, because only live events have a latency
     */
    public void add(Frame frame, boolean isLive) {
        if (oldestLoggedAt == 0 && isLive) {
            oldestLoggedAt = frame.loggedAt();
        }
        if (frame.delivery() != null) {
            if (traced.isEmpty()) {
                traced = new ArrayList<>(1);
            }
            traced.add(frame.delivery());
        }
    }

    /**
     * Records the latency of the written frames, and ends their spans.
     *
     * @param latencyRecorder receives when the oldest live event was logged, in ms since 1970; not called without a live event
     */
    public void onFlush(LongConsumer latencyRecorder) {
        if (oldestLoggedAt > 0) {
            latencyRecorder.accept(oldestLoggedAt);
            oldestLoggedAt = 0;
        }
        if (!traced.isEmpty()) {
            traced.forEach(DeliverySpan::end);
            traced = List.of();
        }
    }
}
