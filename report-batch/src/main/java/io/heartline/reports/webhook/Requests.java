package io.heartline.reports.webhook;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** The requests in flight. Confined to one thread, except for their completion. */
final class Requests {

    private final Map<Delivery, Disposable> inFlight = new HashMap<>();
    private final BlockingQueue<Completed> completed = new LinkedBlockingQueue<>();

    /** The end of a request. */
    record Completed(Delivery delivery, Outcome outcome) {}

    int size() {
        return inFlight.size();
    }

    /** @param attempt sends the message when it is subscribed to; never fails */
    void start(Delivery delivery, Mono<Outcome> attempt) {
        inFlight.put(delivery, attempt.subscribe(outcome -> completed.add(new Completed(delivery, outcome))));
    }

    /**
     * Returns the next request that has ended, which is in flight no more.
     *
     * @param nanos the maximum time to wait
     * @return null if none ends in time
     */
    @Nullable
    Completed poll(long nanos) throws InterruptedException {
        Completed next = completed.poll(nanos, TimeUnit.NANOSECONDS);
        if (next != null) {
            inFlight.remove(next.delivery());
        }
        return next;
    }

    /**
     * Waits until no request is in flight.
     *
     * @param nanos the maximum time, after which the others are cancelled
     * @return the requests that have ended
     */
    List<Completed> finish(long nanos) throws InterruptedException {
        List<Completed> ended = new ArrayList<>();
        long end = System.nanoTime() + nanos;
        try {
            while (!inFlight.isEmpty()) {
                Completed next = poll(end - System.nanoTime());
                if (next == null) {
                    break;
                }
                ended.add(next);
            }
        } finally {
            inFlight.values().forEach(Disposable::dispose);
        }
        return ended;
    }
}
