package io.heartline.reports.webhook;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of an attempt.
 *
 * @param cause null if the message is acknowledged
 * @param description of the failure, for logs; without URL, secret or body; empty if the message is acknowledged
 * @param retryAfter the time before which the receiver wants no request; null if it names none
 */
record Outcome(
        @Nullable FailureCause cause,
        String description,
        @Nullable Duration retryAfter) {

    static final Outcome ACKNOWLEDGED = new Outcome(null, "", null);

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    static Outcome failed(FailureCause cause, String description) {
        return new Outcome(cause, description, null);
    }

    /**
     * Returns the outcome of a complete response.
     *
     * @param retryAfter the value of the header; null if there is none
     * @param now compares with a date in the header
     */
    static Outcome of(int status, @Nullable String retryAfter, Instant now) {
        FailureCause cause =
                switch (status / 100) {
                    case 2 -> null;
                    case 3 -> FailureCause.REDIRECT;
                    case 4 -> FailureCause.CLIENT_ERROR;
                    default -> FailureCause.SERVER_ERROR;
                };
        if (cause == null) {
            return ACKNOWLEDGED;
        }
        boolean isHonoured = status == TOO_MANY_REQUESTS || status == UNAVAILABLE;
        return new Outcome(cause, "status " + status, isHonoured ? RetryAfter.parse(retryAfter, now) : null);
    }

    boolean isAcknowledged() {
        return cause == null;
    }
}
