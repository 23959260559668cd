package io.heartline.gateway;

import org.springframework.http.HttpStatus;

/** Not now: answered with {@code Retry-After}, or with {@code retry} if an EventSource may ask. */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final HttpStatus status;

    /** Why not. */
    enum Reason {
        /** The log cannot be read. */
        lost,
        /** This instance is stopping. */
        draining,
        /** This instance has as many as it takes. */
        full,
        /** The caller has as many as one caller may. */
        caller
    }

    private RefusedException(Reason reason, HttpStatus status, String message) {
        super(message, null, false, false);
        this.reason = reason;
        this.status = status;
    }

    /** The gateway does not know where the log stands: not yet, or no longer. */
    static RefusedException logLost() {
        return new RefusedException(
                Reason.lost, HttpStatus.SERVICE_UNAVAILABLE, "The log of likes cannot be read at the moment.");
    }

    static RefusedException draining() {
        return new RefusedException(Reason.draining, HttpStatus.SERVICE_UNAVAILABLE, "This instance is stopping.");
    }

    static RefusedException full(String what, Admission.Limit all) {
        return new RefusedException(
                Reason.full,
                HttpStatus.SERVICE_UNAVAILABLE,
                "This instance has " + all.max() + " " + what + " and takes no more (" + all.setting() + ").");
    }

    static RefusedException tooManyOfYours(String what, Admission.Limit ofCaller) {
        return new RefusedException(
                Reason.caller,
                HttpStatus.TOO_MANY_REQUESTS,
                "You have " + ofCaller.max() + " " + what + " on this instance, which is the maximum of one caller ("
                        + ofCaller.setting() + ").");
    }

    /** A stream that a poll was to be answered from. */
    static RefusedException of(BrokenStreamException broken) {
        return broken.getCause() instanceof RefusedException refused
                ? refused
                : broken.reason() == BrokenStreamException.Reason.draining ? draining() : logLost();
    }

    Reason reason() {
        return reason;
    }

    /** Whether this instance refuses for a while, and another may not: it is full, or stopping. */
    boolean isOfInstance() {
        return reason == Reason.full || reason == Reason.draining;
    }

    HttpStatus status() {
        return status;
    }
}
