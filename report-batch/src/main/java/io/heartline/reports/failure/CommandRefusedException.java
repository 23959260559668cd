package io.heartline.reports.failure;

/** A command of an operator is refused, always or at this time. It has changed nothing. */
public final class CommandRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message why it is refused, for operators */
    public CommandRefusedException(String message) {
        super(message);
    }
}
