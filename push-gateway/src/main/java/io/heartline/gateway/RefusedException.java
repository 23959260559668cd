package io.heartline.gateway;

import org.springframework.http.HttpStatus;

/** Not now: answered with {@code Retry-After}. */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final HttpStatus status;

    private RefusedException(HttpStatus status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** The gateway does not know where the log stands: not yet, or no longer. */
    static RefusedException logLost() {
        return new RefusedException(HttpStatus.SERVICE_UNAVAILABLE, "The log of likes cannot be read at the moment.");
    }

    static RefusedException draining() {
        return new RefusedException(HttpStatus.SERVICE_UNAVAILABLE, "This instance is stopping.");
    }

    static RefusedException full(String what, int most) {
        return new RefusedException(
                HttpStatus.SERVICE_UNAVAILABLE, "This instance has " + most + " " + what + " and takes no more.");
    }

    static RefusedException tooManyOfYours(String what, int most) {
        return new RefusedException(
                HttpStatus.TOO_MANY_REQUESTS,
                "You have " + most + " " + what + " on this instance, which is the most.");
    }

    /** A stream that a poll was to be answered from. */
    static RefusedException of(BrokenStreamException broken) {
        return broken.getCause() instanceof RefusedException refused
                ? refused
                : broken.reason() == BrokenStreamException.Reason.draining ? draining() : logLost();
    }

    HttpStatus status() {
        return status;
    }
}
