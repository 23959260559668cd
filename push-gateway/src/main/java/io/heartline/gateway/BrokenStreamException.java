package io.heartline.gateway;

/** A stream that was running cannot go on; its socket is closed with 1013, and the reader comes back. */
final class BrokenStreamException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private BrokenStreamException(String message) {
        super(message, null, false, false);
    }

    static BrokenStreamException slowReader() {
        return new BrokenStreamException("the reader fell behind by more than the gateway remembers");
    }

    static BrokenStreamException logLost() {
        return new BrokenStreamException("the log cannot be read at the moment");
    }
}
