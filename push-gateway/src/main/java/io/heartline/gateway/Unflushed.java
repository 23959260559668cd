package io.heartline.gateway;

import java.util.ArrayList;
import java.util.List;

/** What is known of frames that are written to a socket and not flushed yet. Confined to whoever writes. */
final class Unflushed {

    private long oldestLoggedAt;
    private List<Delivery> recorded = List.of(); // few are

    /** @param isLive whether it came while its reader was there, so that it tells how long a like takes */
    void add(Frame frame, boolean isLive) {
        if (oldestLoggedAt == 0 && isLive) {
            oldestLoggedAt = frame.loggedAt();
        }
        if (frame.delivery() != null) {
            if (recorded.isEmpty()) {
                recorded = new ArrayList<>(1);
            }
            recorded.add(frame.delivery());
        }
    }

    void flushed(Partition partition) {
        if (oldestLoggedAt > 0) {
            partition.flushed(oldestLoggedAt);
            oldestLoggedAt = 0;
        }
        if (!recorded.isEmpty()) {
            recorded.forEach(Delivery::written);
            recorded = List.of();
        }
    }
}
