package io.heartline.reports.http;

import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.limit.ConcurrencyLimit.Scope;
import io.heartline.web.problem.ApiException;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import org.springframework.http.HttpStatus;

/**
 * A factory of limits on concurrent requests. A refusal has the status 503, or 429 if the same request of another
 * caller would not be refused.
 */
public final class RequestLimits {

    private static final String PER_CALLER_SUFFIX = "-per-caller";

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private RequestLimits() {}

    /**
     * Returns a limit of all callers and of one caller. The maximum of one caller is checked first. Refusals are
     * counted.
     *
     * @param reason counts the refusals; with {@code -per-caller} appended, those of one caller
     * @param setting the key of the maximum; with {@code -per-caller} appended, the key of the maximum of one caller
     * @param activity a plural verb for the message, such as "wait for a run"
     * @param max the maximum number of permits of all callers
     * @param maxPerCaller the maximum number of permits of one caller; 0 for no limit
     * @param refusals counts the refusals
     * @return the limit
     */
    public static ConcurrencyLimit create(
            String reason, String setting, String activity, int max, int maxPerCaller, RefusalMetrics refusals) {
        Counter refused = refusals.counter(reason);
        Counter refusedPerCaller = refusals.counter(reason + PER_CALLER_SUFFIX);
        return new ConcurrencyLimit(max, maxPerCaller, Scope.CALLER, exceeded -> {
            boolean isOfCaller = exceeded.scope() == Scope.CALLER;
            (isOfCaller ? refusedPerCaller : refused).increment();
            return isOfCaller
                    ? refusal(
                            HttpStatus.TOO_MANY_REQUESTS,
                            exceeded.max() + " requests of this caller " + activity
                                    + " on this instance already, which is the maximum of one caller (" + setting
                                    + PER_CALLER_SUFFIX + ").")
                    : refusal(
                            HttpStatus.SERVICE_UNAVAILABLE,
                            exceeded.max() + " requests " + activity
                                    + " on this instance already, which is the maximum (" + setting
                                    + ").");
        });
    }

    /**
     * Returns a limit of all callers that has no setting of its own. Refusals are not counted.
     *
     * @param activity a plural verb for the message, such as "wait for a run"
     * @param max the maximum number of permits of all callers
     * @return the limit
     */
    public static ConcurrencyLimit create(String activity, int max) {
        return new ConcurrencyLimit(
                max,
                exceeded -> refusal(
                        HttpStatus.SERVICE_UNAVAILABLE,
                        exceeded.max() + " requests " + activity + " on this instance already, which is the maximum."));
    }

    private static ApiException refusal(HttpStatus status, String detail) {
        return ApiException.retryLater(status, detail, RETRY_AFTER);
    }
}
