package io.heartline.gateway.stream.fanout;

import java.time.Duration;

/**
 * The clocks of one connection: when its heartbeat is due, since when its socket is full, since when its peer is silent, and
 * when its token expires. Confined to the thread that ticks.
 */
final class Liveness {

    private final long expiresAt;
    private final boolean hasExpiry;
    private long lastHeartbeat;
    private long silentSince;
    private long stalledSince;
    private long lastFramesSent = -1;
    private long lastUnreadBytes = -1;

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
     * @param expiresIn of the caller's token; null if it does not expire
     * @param sinceHeartbeat how long ago the last heartbeat counts as sent, in nanoseconds, so that the heartbeats of
     *     connections that open together are spread over the interval
     */
    Liveness(long now, Duration expiresIn, long sinceHeartbeat) {
        hasExpiry = expiresIn != null;
        expiresAt = expiresIn == null ? now : now + expiresIn.toNanos();
        lastHeartbeat = now - sinceHeartbeat;
        silentSince = now;
        stalledSince = now;
    }

    /** Returns whether the token has expired. */
    private boolean isExpired(long now) {
        return hasExpiry && now - expiresAt >= 0;
    }

    /**
     * Returns whether a peer that has room to answer has been silent for two heartbeats and a half.
     *
     * @param lastHeard the last sign of life, in nanoseconds
     */
    private boolean isDead(Tick tick, long lastHeard) {
        long since = silentSince - lastHeard > 0 ? silentSince : lastHeard;
        return tick.now() - since > tick.heartbeat() * 5 / 2;
    }

    /**
     * Examines the connection.
     *
     * @param isWritable whether the connection may send
     * @param framesSent frames that it has sent
     * @param unreadBytes bytes that wait in its socket
     * @param lastHeard the last sign of life, in nanoseconds
     */
    Verdict examine(Tick tick, boolean isWritable, long framesSent, long unreadBytes, long lastHeard) {
        if (tick.isAfterPause()) { // nothing was sent or heard for as long as this process stood still
            silentSince = tick.now();
            stalledSince = tick.now();
        }
        if (!isWritable) {
            silentSince = tick.now(); // a full socket is not pinged, so its peer has nothing to answer
        }
        if (isWritable && isDead(tick, lastHeard)) {
            return Verdict.dead;
        }
        if (isExpired(tick.now())) {
            return Verdict.expired;
        }
        if (isWritable || framesSent != lastFramesSent || unreadBytes != lastUnreadBytes) {
            lastFramesSent = framesSent;
            lastUnreadBytes = unreadBytes;
            stalledSince = tick.now();
        } else if (tick.now() - stalledSince >= tick.stallTimeout()) {
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
