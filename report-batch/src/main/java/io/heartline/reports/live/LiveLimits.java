package io.heartline.reports.live;

import io.heartline.reports.http.RefusalMetrics;
import io.heartline.web.problem.ApiException;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import org.springframework.http.HttpStatus;

/** The limits on what live reports cost this instance. A request beyond a limit is refused with the status 503. Thread-safe. */
final class LiveLimits {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** Until then, a run has probably folded the records. */
    private static final Duration RETRY_AFTER_RUN = Duration.ofSeconds(60);

    private final int maxAuthors;
    private final long maxStateBytes;
    private final long maxCatchUp;
    private final Counter authorsRefused;
    private final Counter stateRefused;
    private final Counter catchUpRefused;

    /**
     * Creates limits.
     *
     * @param maxStateBytes the maximum size of all states in memory
     * @param maxCatchUp the maximum number of records of one partition that are read to load an author
     */
    LiveLimits(int maxAuthors, long maxStateBytes, long maxCatchUp, RefusalMetrics refusals) {
        this.maxAuthors = maxAuthors;
        this.maxStateBytes = maxStateBytes;
        this.maxCatchUp = maxCatchUp;
        this.authorsRefused = refusals.counter("live-authors");
        this.stateRefused = refusals.counter("live-state");
        this.catchUpRefused = refusals.counter("live-catch-up");
    }

    long maxStateBytes() {
        return maxStateBytes;
    }

    /**
     * Requires that another report can be watched.
     *
     * @param authors the number of watched authors with that report's author
     * @param stateBytes the present size of all states
     */
    void requireRoom(int authors, long stateBytes) {
        if (authors > maxAuthors) {
            authorsRefused.increment();
            throw refusal(
                    maxAuthors + " authors are watched on this instance already, which is the maximum"
                            + " (heartline.reports.live.authors).",
                    RETRY_AFTER);
        }
        if (stateBytes >= maxStateBytes) {
            throw stateTooLarge();
        }
    }

    ApiException stateTooLarge() {
        stateRefused.increment();
        return refusal(
                "The watched reports need " + maxStateBytes + " bytes of this instance's memory, which is the maximum"
                        + " (heartline.reports.live.state-size).",
                RETRY_AFTER);
    }

    /** @param records the number of records that would have to be read */
    boolean isTooFarBehind(long records) {
        return records > maxCatchUp;
    }

    /** @param records the number of records that would have to be read */
    ApiException tooFarBehind(long records) {
        catchUpRefused.increment();
        return refusal(
                records + " records were logged since the last run, and a live report reads " + maxCatchUp
                        + " at most (heartline.reports.live.catch-up). The next run reduces their number.",
                RETRY_AFTER_RUN);
    }

    private static ApiException refusal(String detail, Duration retryAfter) {
        return ApiException.retryLater(HttpStatus.SERVICE_UNAVAILABLE, detail, retryAfter);
    }
}
