package io.heartline.reports.http;

import org.springframework.http.HttpStatus;

/** This instance does as much of something as it may at once, for all callers or for the one that asks. */
public final class BusyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final HttpStatus status;

    /** @param what it does so many of, as in "wait for a run" */
    public BusyException(int max, String what) {
        this(
                HttpStatus.SERVICE_UNAVAILABLE,
                max + " requests " + what + " on this instance already, which is the most.");
    }

    private BusyException(HttpStatus status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /**
     * Returns the refusal of a request that would be one too many of all callers.
     *
     * @param what the requests do, as in "wait for a run"
     * @param setting the full name of the limit's key
     */
    public static BusyException ofInstance(int max, String what, String setting) {
        return new BusyException(
                HttpStatus.SERVICE_UNAVAILABLE,
                max + " requests " + what + " on this instance already, which is the maximum (" + setting + ").");
    }

    /**
     * Returns the refusal of a request that would be one too many of its caller.
     *
     * @param what the requests do, as in "wait for a run"
     * @param setting the full name of the limit's key
     */
    public static BusyException ofCaller(int max, String what, String setting) {
        return new BusyException(
                HttpStatus.TOO_MANY_REQUESTS,
                max + " requests of this caller " + what
                        + " on this instance already, which is the maximum of one caller (" + setting + ").");
    }

    /** Returns 503, or 429 if another caller would not be refused. */
    public HttpStatus status() {
        return status;
    }
}
