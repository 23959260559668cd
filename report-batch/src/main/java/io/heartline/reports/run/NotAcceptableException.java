package io.heartline.reports.run;

/** What an operator asked to accept must not be accepted, or not now. Nothing was changed. */
public final class NotAcceptableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotAcceptableException(String message) {
        super(message);
    }
}
