package io.heartline.gateway.stream;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The end of a stream that cannot continue. The client connects again, as the close code describes, and resumes. */
public final class StreamClosedException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int GOING_AWAY = 1001;
    private static final int TRY_AGAIN_LATER = 1013;
    private static final int UNAUTHORIZED = 4401; // an application's code, derived from HTTP's 401

    /** The reason of the end, by its name in metrics. */
    public enum Reason {
        /** The client read nothing for too long. */
        slow,
        /** The client's unread bytes take memory that other clients need. */
        unread,
        /** The peer has answered nothing for too long. */
        dead,
        /** Kafka cannot be read. */
        lost,
        /** The events that the client missed could not be read from Kafka. */
        replay,
        /** This instance is stopping. */
        draining,
        /** The token that opened the stream has expired. */
        expired,
        /** The peer has sent a frame that breaks RFC 6455. */
        invalid
    }

    private final Reason reason;
    private final int closeCode;

    private StreamClosedException(Reason reason, int closeCode, String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.reason = reason;
        this.closeCode = closeCode;
    }

    /**
     * Returns the end of a stream whose client reads nothing.
     *
     * @return an exception with the reason {@link Reason#slow}
     */
    public static StreamClosedException slowReader() {
        return new StreamClosedException(Reason.slow, TRY_AGAIN_LATER, "read nothing for too long", null);
    }

    /**
     * Returns the end of a stream with too many unread bytes.
     *
     * @return an exception with the reason {@link Reason#unread}
     */
    public static StreamClosedException tooMuchUnread() {
        return new StreamClosedException(Reason.unread, TRY_AGAIN_LATER, "left too much unread", null);
    }

    /**
     * Returns the end of a stream whose peer does not answer.
     *
     * @return an exception with the reason {@link Reason#dead}
     */
    public static StreamClosedException deadPeer() {
        return new StreamClosedException(Reason.dead, TRY_AGAIN_LATER, "answered nothing for too long", null);
    }

    /**
     * Returns the end of all streams because Kafka cannot be read.
     *
     * @return an exception with the reason {@link Reason#lost}
     */
    public static StreamClosedException logLost() {
        return new StreamClosedException(Reason.lost, TRY_AGAIN_LATER, "the log cannot be read at the moment", null);
    }

    /**
     * Returns the end of a stream for which a page of history cannot be read.
     *
     * @param e the failure of the read; a {@link CompletionException} is replaced by its cause
     * @return an exception with the reason {@link Reason#replay}
     */
    public static StreamClosedException replayFailed(Throwable e) {
        Throwable cause = e instanceof CompletionException ? e.getCause() : e;
        return new StreamClosedException(
                Reason.replay, TRY_AGAIN_LATER, "the missed events cannot be read at the moment", cause);
    }

    /**
     * Returns the end of a stream because this instance is stopping.
     *
     * @return an exception with the reason {@link Reason#draining}
     */
    public static StreamClosedException draining() {
        return new StreamClosedException(Reason.draining, GOING_AWAY, "this instance is stopping", null);
    }

    /**
     * Returns the end of a stream whose token has expired.
     *
     * @return an exception with the reason {@link Reason#expired}
     */
    public static StreamClosedException tokenExpired() {
        return new StreamClosedException(Reason.expired, UNAUTHORIZED, "the token has expired", null);
    }

    /**
     * Returns the end of a stream whose client sent an invalid frame.
     *
     * @param closeCode the WebSocket close code
     * @param message at most 123 bytes in UTF-8, because a close frame has no space for more
     * @return an exception with the reason {@link Reason#invalid}
     */
    public static StreamClosedException invalidFrame(int closeCode, String message) {
        return new StreamClosedException(Reason.invalid, closeCode, message, null);
    }

    /**
     * Returns the reason of the end.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    /**
     * Returns whether the close code is sent. A dead peer cannot receive it, and a client with too many unread bytes would have to
     * read them first.
     *
     * @return false if the socket is closed without a close code
     */
    public boolean notifiesClient() {
        return reason != Reason.dead && reason != Reason.unread;
    }

    /**
     * Returns the WebSocket close code.
     *
     * @return 1001, 1013, 4401, or the code of an invalid frame
     */
    public int closeCode() {
        return closeCode;
    }
}
