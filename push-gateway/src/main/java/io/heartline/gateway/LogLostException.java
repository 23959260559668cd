package io.heartline.gateway;

/** The gateway does not know where the log stands, so a stream cannot begin: answered with 503. */
final class LogLostException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LogLostException() {
        super("the log cannot be read at the moment", null, false, false);
    }
}
