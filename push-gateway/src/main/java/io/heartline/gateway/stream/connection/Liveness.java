package io.heartline.gateway.stream.connection;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The clocks of one connection: its heartbeat, its full socket, its silent peer and the expiry of its token. Confined to the
 * thread that ticks, except {@link #extend}.
 */
public final class Liveness {

    private volatile @Nullable Long expiresAt; // in nanoseconds; null if the token does not expire
    private long lastHeartbeat;
    private long silentSince;
    private long stalledSince;
    private long lastFramesSent = -1;
    private long lastUnreadBytes = -1;

    /** The result of a tick. */
    public enum Verdict {
        /** The connection is healthy. */
        nothing,
        /** A heartbeat is due. */
        heartbeat,
        /** The client has read nothing for too long. */
        slow,
        /** The peer has been silent for too long. */
        dead,
        /** The token has expired. */
        expired
    }

    /**
     * Creates the clocks of a connection that opens now.
     *
     * @param now the present in nanoseconds
     * @param expiresIn the time until the caller's token expires; null if it does not expire
     * @param sinceHeartbeat the assumed time since a last heartbeat, in nanoseconds. It spreads the heartbeats of connections
     *     that open together over the interval
     */
    public Liveness(long now, @Nullable Duration expiresIn, long sinceHeartbeat) {
        extend(now, expiresIn);
        lastHeartbeat = now - sinceHeartbeat;
        silentSince = now;
        stalledSince = now;
    }

    /**
     * Replaces the expiry of the token. Any thread may call.
     *
     * @param now the present in nanoseconds
     * @param expiresIn the time until the caller's token expires; null if it does not expire
     */
    public void extend(long now, @Nullable Duration expiresIn) {
        expiresAt = expiresIn == null ? null : now + expiresIn.toNanos();
    }

    /** Returns whether the token has expired. */
    private boolean isExpired(long now) {
        Long at = expiresAt;
        return at != null && now - at >= 0;
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
     * @param tick the present
     * @param isWritable whether the connection may send
     * @param framesSent the number of frames that it has sent
     * @param unreadBytes the number of bytes that have not left the process
     * @param lastHeard the last sign of life, in nanoseconds
     * @return what the connection has to do
     */
    public Verdict examine(Tick tick, boolean isWritable, long framesSent, long unreadBytes, long lastHeard) {
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
