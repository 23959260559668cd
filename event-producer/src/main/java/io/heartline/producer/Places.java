package io.heartline.producer;

import java.util.concurrent.atomic.AtomicInteger;

/** How many of something there may be at once; one more is refused and does not wait. */
final class Places {

    private final String what;
    private final int most;
    private final AtomicInteger taken = new AtomicInteger();

    /** @param what they are for, as a refusal names it */
    Places(String what, int most) {
        this.what = what;
        this.most = most;
    }

    /** @throws RefusedException if there is none */
    void enter() {
        if (taken.incrementAndGet() > most) {
            taken.decrementAndGet();
            throw RefusedException.overloaded("This instance takes " + most + ' ' + what + " at a time.");
        }
    }

    void leave() {
        taken.decrementAndGet();
    }

    int taken() {
        return taken.get();
    }
}
