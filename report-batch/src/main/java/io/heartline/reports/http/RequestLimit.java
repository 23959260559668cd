package io.heartline.reports.http;

import io.heartline.web.limit.CallerPermits;
import io.micrometer.core.instrument.Counter;
import java.util.concurrent.Semaphore;

/** Limits how many requests do something concurrently on this instance: of all callers, and of one caller. Thread-safe. */
public final class RequestLimit {

    private static final String SETTING_PREFIX = "heartline.reports.read.";
    private static final String PER_CALLER_SUFFIX = "-per-caller";

    private final String setting;
    private final String activity;
    private final int max;
    private final Semaphore instancePermits;
    private final CallerPermits callerPermits;
    private final Counter refused;
    private final Counter refusedPerCaller;

    /**
     * @param setting the key below {@code heartline.reports.read}; with {@code -per-caller} appended, that of one caller's limit
     * @param activity the requests do, as in "wait for a run"
     * @param max permits of all callers
     * @param maxPerCaller permits of one caller; 0 for no limit
     */
    public RequestLimit(String setting, String activity, int max, int maxPerCaller, RefusalMetrics refusals) {
        this.setting = setting;
        this.activity = activity;
        this.max = max;
        this.instancePermits = new Semaphore(max);
        this.callerPermits = new CallerPermits(maxPerCaller);
        this.refused = refusals.counter(setting);
        this.refusedPerCaller = refusals.counter(setting + PER_CALLER_SUFFIX);
    }

    /**
     * Acquires a permit, which the caller gives back with {@link #release}.
     *
     * @throws BusyException if the caller has as many permits as one caller may, or all callers together as many as there are
     */
    public void acquire(String caller) {
        if (!callerPermits.tryAcquire(caller)) {
            refusedPerCaller.increment();
            throw BusyException.ofCaller(callerPermits.max(), activity, SETTING_PREFIX + setting + PER_CALLER_SUFFIX);
        }
        if (!instancePermits.tryAcquire()) {
            callerPermits.release(caller);
            refused.increment();
            throw BusyException.ofInstance(max, activity, SETTING_PREFIX + setting);
        }
    }

    /** Gives back one permit of the caller. */
    public void release(String caller) {
        instancePermits.release();
        callerPermits.release(caller);
    }

    /** Returns how many permits are held. */
    public int acquired() {
        return max - instancePermits.availablePermits();
    }
}
