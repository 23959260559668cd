package io.heartline.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

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

    /** @param oldest told when the oldest of those that are live was logged, if there is one */
    void flushed(LongConsumer oldest) {
        if (oldestLoggedAt > 0) {
            oldest.accept(oldestLoggedAt);
            oldestLoggedAt = 0;
        }
        if (!recorded.isEmpty()) {
            recorded.forEach(Delivery::written);
            recorded = List.of();
        }
    }
}
