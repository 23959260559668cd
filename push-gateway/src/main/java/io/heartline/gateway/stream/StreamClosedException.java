package io.heartline.gateway.stream;

import java.util.concurrent.CompletionException;

/** A stream that was running cannot go on; its socket is closed with a code that says what to do, and the reader resumes. */
public final class StreamClosedException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int GOING_AWAY = 1001;
    private static final int TRY_AGAIN_LATER = 1013;
    private static final int UNAUTHORIZED = 4401; // a number of ours, after HTTP's 401

    /** Why it cannot. */
    public enum Reason {
        /** Nothing was read for too long. */
        slow,
        /** What it has not read takes memory that others need. */
        unread,
        /** The peer answers nothing any more. */
        dead,
        /** Kafka cannot be read. */
        lost,
        /** What was missed could not be read from Kafka. */
        replay,
        /** This instance is stopping. */
        draining,
        /** The token that opened it is over. */
        expired,
        /** The peer has sent a frame that breaks RFC 6455. */
        invalid
    }

    private final Reason reason;
    private final int closeCode;

    private StreamClosedException(Reason reason, int closeCode, String message, Throwable cause) {
        super(message, cause, false, false);
        this.reason = reason;
        this.closeCode = closeCode;
    }

    public static StreamClosedException slowReader() {
        return new StreamClosedException(Reason.slow, TRY_AGAIN_LATER, "read nothing for too long", null);
    }

    public static StreamClosedException tooMuchUnread() {
        return new StreamClosedException(Reason.unread, TRY_AGAIN_LATER, "left too much unread", null);
    }

    public static StreamClosedException deadPeer() {
        return new StreamClosedException(Reason.dead, TRY_AGAIN_LATER, "answered nothing for too long", null);
    }

    public static StreamClosedException logLost() {
        return new StreamClosedException(Reason.lost, TRY_AGAIN_LATER, "the log cannot be read at the moment", null);
    }

    /** @param e of a stage, which may have wrapped the cause */
    public static StreamClosedException replayFailed(Throwable e) {
        Throwable cause = e instanceof CompletionException ? e.getCause() : e;
        return new StreamClosedException(
                Reason.replay, TRY_AGAIN_LATER, "what was missed cannot be read at the moment", cause);
    }

    public static StreamClosedException draining() {
        return new StreamClosedException(Reason.draining, GOING_AWAY, "this instance is stopping", null);
    }

    public static StreamClosedException tokenExpired() {
        return new StreamClosedException(Reason.expired, UNAUTHORIZED, "the token has expired", null);
    }

    /** @param message at most 123 bytes in UTF-8, which is what a close frame has room for */
    public static StreamClosedException invalidFrame(int closeCode, String message) {
        return new StreamClosedException(Reason.invalid, closeCode, message, null);
    }

    public Reason reason() {
        return reason;
    }

    /** Whether the peer is told: there may be nobody, or no memory to hold for it what it would have to read first. */
    public boolean notifiesClient() {
        return reason != Reason.dead && reason != Reason.unread;
    }

    /** A WebSocket close code. */
    public int closeCode() {
        return closeCode;
    }
}
