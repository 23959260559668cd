package io.heartline.reports.run;

/** A log that must not be accepted, because its likes would be counted twice. Nothing was changed. */
public final class NotAcceptableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotAcceptableException(String message) {
        super(message);
    }
}
