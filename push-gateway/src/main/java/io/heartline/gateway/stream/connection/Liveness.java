package io.heartline.gateway.stream.connection;

import io.heartline.gateway.stream.FrameSink;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The clocks of one connection: its full socket, its silent peer and the expiry of its token. Confined to the thread that ticks,
 * except {@link #extend}.
 */
public final class Liveness {

    private volatile @Nullable Long expiresAt; // in nanoseconds; null if the token does not expire
    private long silentSince;
    private @Nullable Stall stall; // null while the socket was writable

    /** The result of an examination. */
    public enum Verdict {
        /** The connection is healthy, and need not be examined before its next heartbeat. */
        healthy,
        /** A clock may end the connection before its next heartbeat, so it has to be examined every second. */
        watched,
        /** The client has read nothing for too long. */
        slow,
        /** The peer has been silent for too long. */
        dead,
        /** The token has expired. */
        expired
    }

    /** What a full socket has sent until the last progress of its client. */
    private record Stall(long since, long framesSent, long unreadBytes) {}

    /**
     * Creates the clocks of a connection that opens now.
     *
     * @param now the present in nanoseconds
     * @param expiresIn the time until the caller's token expires; null if it does not expire
     */
    public Liveness(long now, @Nullable Duration expiresIn) {
        extend(now, expiresIn);
        silentSince = now;
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

    /**
     * Examines the connection.
     *
     * @param tick the present
     * @param sink the receiver of the connection's frames
     * @param framesSent the number of frames that the connection has sent
     * @return what the connection has to do
     */
    public Verdict examine(Tick tick, FrameSink sink, long framesSent) {
        long now = tick.now();
        boolean isWritable = sink.writableFrames() > 0;
        if (tick.isAfterPause() || !isWritable) {
            // a paused process and a full socket send no ping, so the peer has no reason to answer
            silentSince = now;
        }
        long lastHeard = sink.lastHeard();
        long silence = now - (silentSince - lastHeard > 0 ? silentSince : lastHeard);
        Long expiry = expiresAt;
        if (silence > tick.heartbeat() * 5 / 2) {
            return Verdict.dead;
        }
        if (expiry != null && now - expiry >= 0) {
            return Verdict.expired;
        }
        if (!isWritable) {
            return isStalled(tick, framesSent, sink.unreadBytes()) ? Verdict.slow : Verdict.watched;
        }
        stall = null;
        boolean mayDie = silence > tick.heartbeat() * 3 / 2;
        boolean mayExpire = expiry != null && expiry - now < tick.heartbeat();
        return mayDie || mayExpire ? Verdict.watched : Verdict.healthy;
    }

    /** Returns whether the client has read nothing during the stall timeout. */
    private boolean isStalled(Tick tick, long framesSent, long unreadBytes) {
        if (stall == null
                || tick.isAfterPause() // during the pause, this process did not send
                || stall.framesSent() != framesSent
                || stall.unreadBytes() != unreadBytes) {
            stall = new Stall(tick.now(), framesSent, unreadBytes);
        }
        return tick.now() - stall.since() >= tick.stallTimeout();
    }
}
