package io.heartline.gateway;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** How many of something there may be at once, together and for each caller. */
final class Admission {

    private final String what;
    private final int most;
    private final int mostPerCaller;
    private final AtomicInteger inside = new AtomicInteger();
    private final ConcurrentMap<String, Integer> byCaller = new ConcurrentHashMap<>();

    /**
     * @param what there may be so many of, as a refusal names it
     * @param most on this instance
     * @param mostPerCaller of them for one caller; 0 for no such limit
     */
    Admission(String what, int most, int mostPerCaller) {
        this.what = what;
        this.most = most;
        this.mostPerCaller = mostPerCaller;
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
                byCaller.computeIfPresent(caller, (name, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    /** @throws RefusedException if there is no place */
    Ticket enter(String caller) {
        if (inside.incrementAndGet() > most) {
            inside.decrementAndGet();
            throw RefusedException.full(what, most);
        }
        if (byCaller.merge(caller, 1, Integer::sum) > mostPerCaller && mostPerCaller > 0) {
            new Ticket(caller).leave();
            throw RefusedException.tooManyOfYours(what, mostPerCaller);
        }
        return new Ticket(caller);
    }

    int inside() {
        return inside.get();
    }
}
