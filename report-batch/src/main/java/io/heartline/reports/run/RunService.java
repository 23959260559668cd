package io.heartline.reports.run;

import io.heartline.reports.progress.ProgressStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Takes requests for runs and answers for them, whichever instance does the work. */
public class RunService {

    private final RunQueue queue;
    private final RunStore store;
    private final ProgressStore progress;
    private final InstantSource clock;
    private final Duration retention;

    /** @param retention how long a run is remembered */
    public RunService(RunQueue queue, RunStore store, ProgressStore progress, InstantSource clock, Duration retention) {
        this.queue = queue;
        this.store = store;
        this.progress = progress;
        this.clock = clock;
        this.retention = retention;
    }

    /**
     * Returns a run that begins after this call, so that it includes whatever was logged before it. While one is going, it
     * waits, and later callers are given the one that waits. Never empty. If the caller is not the schedule, {@link #view} has
     * the run from now on.
     */
    public Mono<Run> enqueue(String trigger) {
        return Mono.defer(() -> {
            Run run = Run.requested(UUID.randomUUID().toString(), trigger, clock.instant());
            return store.insert(run).then(enqueue(run));
        });
    }

    private Mono<Run> enqueue(Run run) {
        return queue.enqueue(run.id())
                .flatMap(waiting -> waiting.equals(run.id()) ? Mono.just(run) : joinWaitingRun(run, waiting));
    }

    private Mono<Run> joinWaitingRun(Run run, String waiting) {
        if (run.trigger().equals(Run.ON_SCHEDULE)) { // nothing asks for it by its id
            return store.remove(run.id()).then(store.find(waiting)).defaultIfEmpty(run);
        }
        return store.markRequested(waiting)
                .flatMap(requested -> store.remove(run.id()).thenReturn(requested))
                // it has ended meanwhile, and perhaps was removed: this run waits itself, in its place if that was not
                // cleared
                .switchIfEmpty(Mono.defer(() -> queue.replace(waiting, run.id()))
                        .flatMap(isQueued -> isQueued ? Mono.just(run) : enqueue(run)));
    }

    /** Returns a run as it stands; empty if there is none. */
    public Mono<Run.RunView> view(String id) {
        // the queue first: a run that has left it since then is finished by the time it is read
        return queue.state().flatMap(queueState -> store.find(id).flatMap(run -> progress.all()
                .map(progressByPartition -> run.view(progressByPartition, queueState.contains(id), clock.instant()))));
    }

    /** Returns whether there is no such run, rather than none that can be read at this moment. */
    public Mono<Boolean> isMissing(String id) {
        return store.exists(id).map(exists -> !exists);
    }

    /** Returns the latest runs, latest first. */
    public Mono<List<Run.RunView>> latest(int limit) {
        return queue.state().flatMap(queueState -> store.latest(limit)
                .collectList()
                .zipWith(progress.all(), (found, progressByPartition) -> found.stream()
                        .map(run -> run.view(progressByPartition, queueState.contains(run.id()), clock.instant()))
                        .toList()));
    }

    /** Returns what changes as long as any instance gets on with the runs in the queue: it, and the offsets that are folded. */
    public Mono<QueueProgress> queueProgress() {
        return queue.state().zipWith(progress.all(), (queueState, progressByPartition) -> {
            Map<Integer, Long> next = new TreeMap<>();
            progressByPartition.forEach((partition, progress) -> next.put(partition, progress.next()));
            return new QueueProgress(queueState, next);
        });
    }

    public record QueueProgress(RunQueue.QueueState queue, Map<Integer, Long> next) {}

    public Mono<Void> removeExpired() {
        return store.removeRequestedBefore(clock.instant().minus(retention));
    }
}
