package io.heartline.reports.http;

import java.util.concurrent.atomic.AtomicInteger;

/** How many of something there may be at once. */
public final class ConcurrencyLimit {

    private final int max;
    private final String activity;
    private final AtomicInteger acquired = new AtomicInteger();

    /** @param activity those inside do, as in "wait for a run" */
    public ConcurrencyLimit(int max, String activity) {
        this.max = max;
        this.activity = activity;
    }

    /**
     * Takes a place, to be given back by {@link #release()}.
     *
     * @throws BusyException if there is none
     */
    public ConcurrencyLimit acquire() {
        if (acquired.incrementAndGet() > max) {
            acquired.decrementAndGet();
            throw new BusyException(max, activity);
        }
        return this;
    }

    public void release() {
        acquired.decrementAndGet();
    }

    public int acquired() {
        return acquired.get();
    }
}
