package io.heartline.bench.result;

/** Thrown if a measurement is impossible or its figures would be wrong. The bench prints the message only. */
public final class CannotMeasureException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CannotMeasureException(String message) {
        super(message);
    }

    public CannotMeasureException(String message, Throwable cause) {
        super(message + ": " + cause, cause);
    }
}
