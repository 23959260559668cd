package io.heartline.reports.read;

import io.heartline.reports.BusyException;
import io.heartline.web.CallerPermits;
import io.micrometer.core.instrument.Counter;
import java.util.concurrent.Semaphore;

/** Limits how many requests do something concurrently on this instance: of all callers, and of one caller. Thread-safe. */
final class RequestLimit {

    private static final String SETTINGS = "heartline.reports.read.";
    private static final String PER_CALLER = "-per-caller";

    private final String setting;
    private final String what;
    private final int max;
    private final Semaphore free;
    private final CallerPermits permits;
    private final Counter refused;
    private final Counter refusedPerCaller;

    /**
     * @param setting the key below {@code heartline.reports.read}; with {@code -per-caller} appended, that of one caller's limit
     * @param what the requests do, as in "wait for a run"
     * @param max permits of all callers
     * @param maxPerCaller permits of one caller; 0 for no limit
     */
    RequestLimit(String setting, String what, int max, int maxPerCaller, RefusalMetrics refusals) {
        this.setting = setting;
        this.what = what;
        this.max = max;
        this.free = new Semaphore(max);
        this.permits = new CallerPermits(maxPerCaller);
        this.refused = refusals.counter(setting);
        this.refusedPerCaller = refusals.counter(setting + PER_CALLER);
    }

    /**
     * Acquires a permit, which the caller gives back with {@link #release}.
     *
     * @throws BusyException if the caller has as many permits as one caller may, or all callers together as many as there are
     */
    void acquire(String caller) {
        if (!permits.tryAcquire(caller)) {
            refusedPerCaller.increment();
            throw BusyException.ofCaller(permits.max(), what, SETTINGS + setting + PER_CALLER);
        }
        if (!free.tryAcquire()) {
            permits.release(caller);
            refused.increment();
            throw BusyException.ofInstance(max, what, SETTINGS + setting);
        }
    }

    /** Gives back one permit of the caller. */
    void release(String caller) {
        free.release();
        permits.release(caller);
    }

    /** Returns how many permits are held. */
    int acquired() {
        return max - free.availablePermits();
    }
}
