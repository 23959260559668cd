package io.heartline.reports.read;

import io.heartline.reports.run.Progress;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Looks at progress for all who wait for it together, and only while somebody does. */
final class ProgressWatch {

    private final Flux<Map<Integer, Progress>> shared;
    private final Scheduler clock;

    /** @param progress asked once for each look */
    ProgressWatch(Mono<Map<Integer, Progress>> progress, Duration interval, Scheduler clock) {
        this.shared = errorsSignalled(progress)
                .repeatWhen(looks -> looks.delayElements(interval, clock))
                .publish()
                .refCount();
        this.clock = clock;
    }

    /**
     * Returns a look that fails with a {@link RuntimeException} if it meets an {@link Error}. Reactor throws a LinkageError or a
     * VirtualMachineError instead of signalling it, so the shared looks would neither go on nor end.
     */
    private static <T> Mono<T> errorsSignalled(Mono<T> look) {
        return Mono.create(sink -> {
            try {
                sink.onDispose(look.subscribe(sink::success, sink::error, sink::success));
            } catch (Error e) {
                sink.error(new IllegalStateException("progress could not be read", e));
            }
        });
    }

    /** The first progress that is as awaited, or empty if there has been none in time. */
    Mono<Map<Integer, Progress>> await(Predicate<Map<Integer, Progress>> awaited, Duration time) {
        return shared.filter(awaited).next().take(time, clock);
    }
}
