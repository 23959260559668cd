package io.heartline.gateway;

import io.heartline.web.CallerPermits;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** How many of something there may be at once, together and for each caller. */
final class Admission {

    private final String what;
    private final Limit all;
    private final Limit ofCaller;
    private final CallerPermits permits;
    private final AtomicInteger inside = new AtomicInteger();

    /**
     * A limit and where it is set.
     *
     * @param setting the full name of the key
     */
    record Limit(String setting, int max) {}

    /**
     * @param what there may be so many of, as a refusal names it
     * @param all the limit of this instance
     * @param ofCaller the limit of one caller; 0 for no such limit
     */
    Admission(String what, Limit all, Limit ofCaller) {
        this.what = what;
        this.all = all;
        this.ofCaller = ofCaller;
        this.permits = new CallerPermits(ofCaller.max());
    }

    /** One place, to be given back. */
    final class Ticket {

        private final String caller;
        private final AtomicBoolean left = new AtomicBoolean();

        private Ticket(String caller) {
            this.caller = caller;
        }

        /** Once, however often it is called. */
        void leave() {
            if (left.compareAndSet(false, true)) {
                inside.decrementAndGet();
                permits.release(caller);
            }
        }
    }

    /** @throws RefusedException if there is no place */
    Ticket enter(String caller) {
        if (inside.incrementAndGet() > all.max()) {
            inside.decrementAndGet();
            throw RefusedException.full(what, all);
        }
        if (!permits.tryAcquire(caller)) {
            inside.decrementAndGet();
            throw RefusedException.tooManyOfYours(what, ofCaller);
        }
        return new Ticket(caller);
    }

    int inside() {
        return inside.get();
    }
}
