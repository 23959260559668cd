package io.heartline.producer;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Limits the streams that each caller has open on this instance, so that none takes all there are. */
final class CallerPermits {

    private final int maxPerCaller;
    private final ConcurrentMap<String, Integer> open = new ConcurrentHashMap<>();

    CallerPermits(int maxPerCaller) {
        this.maxPerCaller = maxPerCaller;
    }

    /** @throws RefusedException if the caller has as many streams as it may */
    void acquire(String caller) {
        if (open.merge(caller, 1, Integer::sum) > maxPerCaller) {
            release(caller);
            throw RefusedException.tooManyStreams(maxPerCaller);
        }
    }

    void release(String caller) {
        open.computeIfPresent(caller, (name, count) -> count == 1 ? null : count - 1);
    }

    /** Returns how many callers have a stream. */
    int callers() {
        return open.size();
    }
}
