package io.heartline.reports.read.feed;

import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** A poller of the feed's end that all waiting clients share. It polls only while clients wait. */
public final class FeedWatch {

    private final Flux<Long> ends;
    private final Scheduler scheduler;

    /**
     * Creates a poller.
     *
     * @param last reads the highest number; it is subscribed to once for each poll
     * @param interval the time between the end of a poll and the next one
     * @param scheduler runs the delays and the timeouts
     */
    public FeedWatch(Mono<Long> last, Duration interval, Scheduler scheduler) {
        this.ends = last.repeatWhen(polls -> polls.delayElements(interval, scheduler))
                .publish()
                .refCount();
        this.scheduler = scheduler;
    }

    /** Completes when a change has a higher number, or after the timeout, or with the error of a poll. */
    Mono<Long> awaitAfter(long number, Duration timeout) {
        return ends.filter(end -> end > number).next().take(timeout, scheduler);
    }
}
