package io.heartline.reports.failure;

/** What an operator asked to accept must not be accepted, or not now. Nothing was changed. */
public final class CommandRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CommandRefusedException(String message) {
        super(message);
    }
}
