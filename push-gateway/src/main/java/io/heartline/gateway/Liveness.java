package io.heartline.gateway;

import java.time.Duration;

/**
 * The clocks of one connection: when its heartbeat is due, since when its socket is full, since when its peer is silent, and
 * when its token expires. Confined to the thread that ticks.
 */
final class Liveness {

    private final long ends;
    private final boolean doesEnd;
    private long lastHeartbeat;
    private long heardSince;
    private long stalledSince;
    private long emittedThen = -1;
    private long unreadThen = -1;

    /** What a tick has to do. */
    enum Verdict {
        nothing,
        heartbeat,
        slow,
        dead,
        expired
    }

    /**
     * @param now in nanoseconds
     * @param lifetime of the caller's token; null if it does not expire
     * @param sinceHeartbeat how long ago the last heartbeat counts as sent, in nanoseconds, so that the heartbeats of
     *     connections that open together are spread over the interval
     */
    Liveness(long now, Duration lifetime, long sinceHeartbeat) {
        doesEnd = lifetime != null;
        ends = lifetime == null ? now : now + lifetime.toNanos();
        lastHeartbeat = now - sinceHeartbeat;
        heardSince = now;
        stalledSince = now;
    }

    /** Returns whether the token has expired. */
    private boolean isExpired(long now) {
        return doesEnd && now - ends >= 0;
    }

    /**
     * Returns whether a peer that has room to answer has been silent for two heartbeats and a half.
     *
     * @param lastHeard the last sign of life, in nanoseconds
     */
    private boolean isDead(Tick tick, long lastHeard) {
        long since = heardSince - lastHeard > 0 ? heardSince : lastHeard;
        return tick.now() - since > tick.heartbeat() * 5 / 2;
    }

    /**
     * Examines the connection.
     *
     * @param hasRoom whether the connection may send
     * @param emitted frames that it has sent
     * @param unread bytes that wait in its socket
     * @param isWaiting whether something waits to be sent, so that a full socket is a slow one
     */
    Verdict examine(Tick tick, boolean hasRoom, long emitted, long unread, long lastHeard, boolean isWaiting) {
        if (tick.isAfterPause()) { // nothing was sent or heard for as long as this process stood still
            heardSince = tick.now();
            stalledSince = tick.now();
        }
        if (!hasRoom) {
            heardSince = tick.now(); // a full socket is not pinged, so its peer has nothing to answer
        }
        if (hasRoom && isDead(tick, lastHeard)) {
            return Verdict.dead;
        }
        if (isExpired(tick.now())) {
            return Verdict.expired;
        }
        if (hasRoom || emitted != emittedThen || unread != unreadThen) {
            emittedThen = emitted;
            unreadThen = unread;
            stalledSince = tick.now();
        } else if (isWaiting && tick.now() - stalledSince >= tick.stall()) {
            return Verdict.slow;
        }
        if (tick.now() - lastHeartbeat >= tick.heartbeat()) {
            // a multiple of the interval, although it is examined later, so that heartbeats stay spread
            lastHeartbeat += tick.heartbeat() * ((tick.now() - lastHeartbeat) / tick.heartbeat());
            return Verdict.heartbeat;
        }
        return Verdict.nothing;
    }
}
