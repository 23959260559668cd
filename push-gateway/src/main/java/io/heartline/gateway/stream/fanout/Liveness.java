package io.heartline.gateway.stream.fanout;

import java.time.Duration;

/**
 * The clocks of one connection: its heartbeat, its full socket, its silent peer and the expiry of its token. Confined to the
 * thread that ticks.
 */
final class Liveness {

    private final long expiresAt;
    private final boolean hasExpiry;
    private long lastHeartbeat;
    private long silentSince;
    private long stalledSince;
    private long lastFramesSent = -1;
    private long lastUnreadBytes = -1;

    /** The result of a tick. */
    enum Verdict {
        nothing,
        heartbeat,
        slow,
        dead,
        expired
    }

    /**
     * @param now the present in nanoseconds
     * @param expiresIn the time until the caller's token expires; null if it does not expire
     * @param sinceHeartbeat the assumed time since a last heartbeat, in nanoseconds. It spreads the heartbeats of connections
     *     that open together over the interval
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
     * Returns whether a peer whose socket is writable has been silent for two and a half heartbeat intervals.
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
     * @param framesSent the number of frames that it has sent
     * @param unreadBytes the number of bytes that have not left the process
     * @param lastHeard the last sign of life, in nanoseconds
     */
    Verdict examine(Tick tick, boolean isWritable, long framesSent, long unreadBytes, long lastHeard) {
        if (tick.isAfterPause()) { // during the pause, this process neither sent nor received
            silentSince = tick.now();
            stalledSince = tick.now();
        }
        if (!isWritable) {
            silentSince = tick.now(); // a full socket receives no ping, so its peer has no reason to answer
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
            // adds a multiple of the interval, so that a late tick does not shift the heartbeat
            lastHeartbeat += tick.heartbeat() * ((tick.now() - lastHeartbeat) / tick.heartbeat());
            return Verdict.heartbeat;
        }
        return Verdict.nothing;
    }
}
