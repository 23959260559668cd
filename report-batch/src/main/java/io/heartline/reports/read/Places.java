package io.heartline.reports.read;

import io.heartline.reports.BusyException;
import java.util.concurrent.atomic.AtomicInteger;

/** How many of something there may be at once. */
final class Places {

    private final int most;
    private final String what;
    private final AtomicInteger taken = new AtomicInteger();

    /** @param what those inside do, as in "wait for a run" */
    Places(int most, String what) {
        this.most = most;
        this.what = what;
    }

    /**
     * Takes a place, to be given back by {@link #leave()}.
     *
     * @throws BusyException if there is none
     */
    Places enter() {
        if (taken.incrementAndGet() > most) {
            taken.decrementAndGet();
            throw new BusyException(most, what);
        }
        return this;
    }

    void leave() {
        taken.decrementAndGet();
    }

    int taken() {
        return taken.get();
    }
}
