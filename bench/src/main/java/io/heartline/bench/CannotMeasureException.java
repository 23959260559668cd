package io.heartline.bench;

/** A run that would end in figures that are not to be believed. The message is all that the user is shown. */
final class CannotMeasureException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CannotMeasureException(String message) {
        super(message);
    }

    CannotMeasureException(String message, Throwable cause) {
        super(message + ": " + cause, cause);
    }
}
