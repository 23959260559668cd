package io.heartline.gateway.stream;

import io.heartline.web.limit.CallerPermits;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** How many of something there may be at once, together and for each caller. */
public final class ConcurrencyLimit {

    private final String resource;
    private final Limit instanceLimit;
    private final Limit callerLimit;
    private final CallerPermits permits;
    private final AtomicInteger inUse = new AtomicInteger();

    /**
     * A limit and where it is set.
     *
     * @param setting the full name of the key
     */
    public record Limit(String setting, int max) {}

    /**
     * @param resource there may be so many of, as a refusal names it
     * @param instanceLimit the limit of this instance
     * @param callerLimit the limit of one caller; 0 for no such limit
     */
    public ConcurrencyLimit(String resource, Limit instanceLimit, Limit callerLimit) {
        this.resource = resource;
        this.instanceLimit = instanceLimit;
        this.callerLimit = callerLimit;
        this.permits = new CallerPermits(callerLimit.max());
    }

    /** One place, to be given back. */
    public final class Permit {

        private final String caller;
        private final AtomicBoolean released = new AtomicBoolean();

        private Permit(String caller) {
            this.caller = caller;
        }

        /** Once, however often it is called. */
        public void release() {
            if (released.compareAndSet(false, true)) {
                inUse.decrementAndGet();
                permits.release(caller);
            }
        }
    }

    /** @throws StreamRefusedException if there is no place */
    public Permit acquire(String caller) {
        if (inUse.incrementAndGet() > instanceLimit.max()) {
            inUse.decrementAndGet();
            throw StreamRefusedException.instanceLimitReached(resource, instanceLimit);
        }
        if (!permits.tryAcquire(caller)) {
            inUse.decrementAndGet();
            throw StreamRefusedException.callerLimitReached(resource, callerLimit);
        }
        return new Permit(caller);
    }

    public int inUse() {
        return inUse.get();
    }
}
