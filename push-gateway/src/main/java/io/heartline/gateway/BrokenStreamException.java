package io.heartline.gateway;

/** A stream that was running cannot go on; its socket is closed with 1013, and the reader comes back. */
final class BrokenStreamException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private BrokenStreamException(String message, Throwable cause) {
        super(message, cause, false, false);
    }

    static BrokenStreamException slowReader() {
        return new BrokenStreamException("the reader has read nothing for too long", null);
    }

    static BrokenStreamException logLost() {
        return new BrokenStreamException("the log cannot be read at the moment", null);
    }

    static BrokenStreamException replayBroke(Throwable cause) {
        return new BrokenStreamException("what was missed cannot be read from the log", cause);
    }
}
