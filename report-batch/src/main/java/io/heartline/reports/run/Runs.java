package io.heartline.reports.run;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Takes requests for runs and answers for them, whichever instance does the work. */
class Runs {

    private final RunQueue queue;
    private final RunStore store;
    private final ProgressStore progress;
    private final InstantSource clock;
    private final Duration keep;

    /** @param keep how long a run is remembered */
    Runs(RunQueue queue, RunStore store, ProgressStore progress, InstantSource clock, Duration keep) {
        this.queue = queue;
        this.store = store;
        this.progress = progress;
        this.clock = clock;
        this.keep = keep;
    }

    /**
     * A run that begins after this call, so that it includes whatever was logged before it. While one is going, it waits; and
     * whoever asks while one waits is given that.
     */
    Mono<Run> enqueue(String trigger) {
        return Mono.defer(() -> {
            Run run = Run.requested(UUID.randomUUID().toString(), trigger, clock.instant());
            return store.add(run)
                    .then(queue.enqueue(run.id()))
                    .flatMap(waiting -> waiting.equals(run.id()) ? Mono.just(run) : instead(run, waiting));
        });
    }

    private Mono<Run> instead(Run run, String waiting) {
        Mono<Void> remembered = run.trigger().equals(Run.ON_SCHEDULE) ? Mono.empty() : store.asked(waiting);
        return store.remove(run.id()).then(remembered).then(store.find(waiting));
    }

    Mono<Run.View> view(String id) {
        return store.find(id).flatMap(run -> progress.all()
                .zipWith(queue.state(), (at, state) -> run.view(at, state.holds(id), clock.instant())));
    }

    Mono<List<Run.View>> latest(int limit) {
        return progress.all().zipWith(queue.state()).flatMap(now -> store.latest(limit)
                .map(run -> run.view(now.getT1(), now.getT2().holds(run.id()), clock.instant()))
                .collectList());
    }

    Mono<Void> trim() {
        return store.removeRequestedBefore(clock.instant().minus(keep));
    }
}
