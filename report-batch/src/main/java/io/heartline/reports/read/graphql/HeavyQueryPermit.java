package io.heartline.reports.read.graphql;

import io.heartline.web.limit.ConcurrencyLimit;
import org.jspecify.annotations.Nullable;

/** The permit of one GraphQL request, which is acquired only if the query turns out to be heavy. Thread-safe. */
final class HeavyQueryPermit {

    private final ConcurrencyLimit limit;
    private ConcurrencyLimit.@Nullable Permit permit;
    private boolean isClosed;

    HeavyQueryPermit(ConcurrencyLimit limit) {
        this.limit = limit;
    }

    /**
     * Acquires the permit, at most once. Does nothing after the request has ended, because the permit would never be released.
     *
     * @throws io.heartline.web.problem.ApiException if the maximum is reached
     */
    synchronized void acquire() {
        if (permit == null && !isClosed) {
            permit = limit.acquire();
        }
    }

    /** Releases the permit. Called once, when the request completes, fails or is cancelled. */
    synchronized void release() {
        isClosed = true;
        if (permit != null) {
            permit.release();
        }
    }
}
