package io.heartline.reports.read;

import io.heartline.reports.progress.Progress;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** A poller of progress that all waiting requests share. It polls only while requests wait. */
public final class ProgressPoller {

    private final Flux<Map<Integer, Progress>> polls;
    private final Scheduler scheduler;

    /**
     * Creates a poller.
     *
     * @param progress reads progress; it is subscribed to once for each poll
     * @param interval the time between the end of a poll and the next one
     * @param scheduler runs the delays and the timeouts
     */
    public ProgressPoller(Mono<Map<Integer, Progress>> progress, Duration interval, Scheduler scheduler) {
        this.polls = signalErrors(progress)
                .repeatWhen(completions -> completions.delayElements(interval, scheduler))
                .publish()
                .refCount();
        this.scheduler = scheduler;
    }

    /**
     * Returns a poll that fails with a {@link RuntimeException} if it meets an {@link Error}. Reactor throws a
     * LinkageError or a VirtualMachineError instead of signalling it, so the shared polls would neither continue nor
     * end.
     */
    private static <T> Mono<T> signalErrors(Mono<T> poll) {
        return Mono.create(sink -> {
            try {
                sink.onDispose(poll.subscribe(sink::success, sink::error, sink::success));
            } catch (Error e) {
                sink.error(new IllegalStateException("progress could not be read", e));
            }
        });
    }

    /** Returns the first progress that meets the condition; empty after the timeout. */
    Mono<Map<Integer, Progress>> await(Predicate<Map<Integer, Progress>> condition, Duration timeout) {
        return polls.filter(condition).next().take(timeout, scheduler);
    }
}
