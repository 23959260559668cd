package io.heartline.reports.read;

import io.heartline.reports.progress.Progress;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Looks at progress for all who wait for it together, and only while somebody does. */
public final class ProgressPoller {

    private final Flux<Map<Integer, Progress>> polls;
    private final Scheduler scheduler;

    /** @param progress asked once for each look */
    public ProgressPoller(Mono<Map<Integer, Progress>> progress, Duration interval, Scheduler scheduler) {
        this.polls = signalErrors(progress)
                .repeatWhen(completions -> completions.delayElements(interval, scheduler))
                .publish()
                .refCount();
        this.scheduler = scheduler;
    }

    /**
     * Returns a look that fails with a {@link RuntimeException} if it meets an {@link Error}. Reactor throws a LinkageError or a
     * VirtualMachineError instead of signalling it, so the shared looks would neither go on nor end.
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

    /** The first progress that is as awaited, or empty if there has been none in time. */
    Mono<Map<Integer, Progress>> await(Predicate<Map<Integer, Progress>> condition, Duration timeout) {
        return polls.filter(condition).next().take(timeout, scheduler);
    }
}
