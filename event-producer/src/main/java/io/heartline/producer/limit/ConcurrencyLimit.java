package io.heartline.producer.limit;

import io.heartline.producer.like.RefusedException;
import java.util.concurrent.atomic.AtomicInteger;

/** How many of something there may be at once; one more is refused and does not wait. */
public final class ConcurrencyLimit {

    private final String resource;
    private final int max;
    private final AtomicInteger inUse = new AtomicInteger();

    /** @param resource they are for, as a refusal names it */
    public ConcurrencyLimit(String resource, int max) {
        this.resource = resource;
        this.max = max;
    }

    /** @throws RefusedException if there is none */
    public void acquire() {
        if (inUse.incrementAndGet() > max) {
            inUse.decrementAndGet();
            throw RefusedException.overloaded("This instance takes " + max + ' ' + resource + " at a time.");
        }
    }

    public void release() {
        inUse.decrementAndGet();
    }

    public int inUse() {
        return inUse.get();
    }
}
