package io.heartline.reports.http;

import java.time.Duration;

/** The position that a reader has seen is not in the reports, or not yet. */
public final class PositionNotIncludedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String through;
    private final Duration retryAfter;

    /**
     * @param through the last position of the author's partition that is included; null before the first run
     * @param retryAfter when to ask again
     */
    public PositionNotIncludedException(String message, String through, Duration retryAfter) {
        super(message, null, false, false);
        this.through = through;
        this.retryAfter = retryAfter;
    }

    public String through() {
        return through;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
