package io.heartline.reports.webhook;

/**
 * Decides whether a message that has not failed yet may be sent. If the first attempts of several messages have failed and none has
 * succeeded since, the receiver is probably down. Then a further message is tried only after a back-off, besides the retries of the
 * failed ones. So an outage does not cause a request for each message of the window. Confined to one thread.
 */
final class FreshStarts {

    private final int tolerated;
    private final Backoff backoff;
    private int failures;
    private long blockedUntilNanos;

    /** @param tolerated the number of first attempts that may fail in a row */
    FreshStarts(int tolerated, Backoff backoff) {
        this.tolerated = tolerated;
        this.backoff = backoff;
    }

    /** @param inFlight the number of first attempts in flight */
    boolean isAllowed(int inFlight, long nowNanos) {
        return failures < tolerated || inFlight == 0 && blockedUntilNanos - nowNanos <= 0;
    }

    void firstAttemptFailed(long nowNanos) {
        failures++;
        if (failures >= tolerated) {
            blockedUntilNanos =
                    nowNanos + backoff.after(failures - tolerated + 1).toNanos();
        }
    }

    /** Called after any message was acknowledged. Returns whether the receiver was probably down. */
    boolean succeeded() {
        boolean wasDown = failures >= tolerated;
        failures = 0;
        return wasDown;
    }
}
