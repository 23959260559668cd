package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.DeliverySpan;
import io.heartline.gateway.stream.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** What is known of frames that are written to a socket and not flushed yet. Confined to whoever writes. */
final class PendingFlush {

    private long oldestLoggedAt;
    private List<DeliverySpan> traced = List.of(); // few are

    /** @param isLive whether it came while its reader was there, so that it tells how long a like takes */
    void add(Frame frame, boolean isLive) {
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

    /** @param latencyRecorder told when the oldest of those that are live was logged, if there is one */
    void onFlush(LongConsumer latencyRecorder) {
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
