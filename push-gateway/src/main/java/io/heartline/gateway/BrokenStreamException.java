package io.heartline.gateway;

/** A stream that was running cannot go on; its socket is closed with a code that says what to do, and the reader resumes. */
final class BrokenStreamException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int GOING_AWAY = 1001;
    private static final int TRY_AGAIN_LATER = 1013;

    private final int closeCode;

    private BrokenStreamException(int closeCode, String message, Throwable cause) {
        super(message, cause, false, false);
        this.closeCode = closeCode;
    }

    static BrokenStreamException slowReader() {
        return new BrokenStreamException(TRY_AGAIN_LATER, "read nothing for too long", null);
    }

    static BrokenStreamException logLost() {
        return new BrokenStreamException(TRY_AGAIN_LATER, "the log cannot be read at the moment", null);
    }

    static BrokenStreamException replayBroke(Throwable cause) {
        return new BrokenStreamException(TRY_AGAIN_LATER, "what was missed cannot be read at the moment", cause);
    }

    static BrokenStreamException draining() {
        return new BrokenStreamException(GOING_AWAY, "this instance is stopping", null);
    }

    /** A WebSocket close code. */
    int closeCode() {
        return closeCode;
    }
}
