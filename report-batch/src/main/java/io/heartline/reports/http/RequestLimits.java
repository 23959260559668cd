package io.heartline.reports.http;

import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.limit.ConcurrencyLimit.Scope;
import io.micrometer.core.instrument.Counter;

/** Creates limits on requests that do something concurrently. Their refusals are counted and name the setting. */
public final class RequestLimits {

    private static final String SETTING_PREFIX = "heartline.reports.read.";
    private static final String PER_CALLER_SUFFIX = "-per-caller";

    private RequestLimits() {}

    /**
     * Returns a limit that throws a {@link BusyException}. The maximum of the caller is checked first.
     *
     * @param setting the key below {@code heartline.reports.read}; with {@code -per-caller} appended, that of one caller's maximum
     * @param activity the requests do, as in "wait for a run"
     * @param max permits of all callers
     * @param maxPerCaller permits of one caller; 0 for no limit
     */
    public static ConcurrencyLimit create(
            String setting, String activity, int max, int maxPerCaller, RefusalMetrics refusals) {
        Counter refused = refusals.counter(setting);
        Counter refusedPerCaller = refusals.counter(setting + PER_CALLER_SUFFIX);
        return new ConcurrencyLimit(max, maxPerCaller, Scope.CALLER, exceeded -> {
            if (exceeded.scope() == Scope.CALLER) {
                refusedPerCaller.increment();
                return BusyException.ofCaller(exceeded.max(), activity, SETTING_PREFIX + setting + PER_CALLER_SUFFIX);
            }
            refused.increment();
            return BusyException.ofInstance(exceeded.max(), activity, SETTING_PREFIX + setting);
        });
    }
}
