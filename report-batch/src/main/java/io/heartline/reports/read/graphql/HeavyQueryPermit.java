package io.heartline.reports.read.graphql;

import io.heartline.reports.http.ConcurrencyLimit;

/** The place among the heavy queries that one GraphQL request takes if it turns out to be heavy. */
final class HeavyQueryPermit {

    private final ConcurrencyLimit limit;
    private boolean isAcquired;
    private boolean isClosed;

    HeavyQueryPermit(ConcurrencyLimit limit) {
        this.limit = limit;
    }

    /**
     * Does nothing after the request has ended, because the place would never be given back.
     *
     * @throws io.heartline.reports.http.BusyException if there is none
     */
    synchronized void acquire() {
        if (!isAcquired && !isClosed) {
            limit.acquire();
            isAcquired = true;
        }
    }

    /** Gives the permit back. Called once, when the request ends, however it does. */
    synchronized void release() {
        isClosed = true;
        if (isAcquired) {
            limit.release();
            isAcquired = false;
        }
    }
}
