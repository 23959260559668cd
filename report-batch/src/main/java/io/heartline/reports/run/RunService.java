package io.heartline.reports.run;

import io.heartline.reports.progress.ProgressStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Takes requests for runs and shows runs, whichever instances execute them. */
public class RunService {

    private final RunQueue queue;
    private final RunStore store;
    private final ProgressStore progress;
    private final InstantSource clock;
    private final Duration retention;

    /**
     * Creates a service, which any number of threads may use.
     *
     * @param queue the queue that all instances share
     * @param store the runs that all instances share
     * @param progress is compared with a run's plan when the run is shown
     * @param clock gives the times of requests, and decides which runs have expired
     * @param retention how long a run is stored
     */
    public RunService(RunQueue queue, RunStore store, ProgressStore progress, InstantSource clock, Duration retention) {
        this.queue = queue;
        this.store = store;
        this.progress = progress;
        this.clock = clock;
        this.retention = retention;
    }

    /**
     * Queues a run that includes everything that was logged before this call. It waits while another run is running, and
     * joins a run that waits already. If the caller is not the schedule, {@link #view} finds the run from now on.
     *
     * @param trigger {@link Run#ON_REQUEST}, {@link Run#ON_SCHEDULE} or {@link Run#ONCE}
     * @return the run that waits; never empty
     */
    public Mono<Run> enqueue(String trigger) {
        return Mono.defer(() -> insertAndEnqueue(trigger, clock.instant()));
    }

    /**
     * Queues a scheduled run.
     *
     * @param requestedAt the run includes everything that was logged before
     * @return the run that waits; never empty
     */
    public Mono<Run> enqueueScheduled(Instant requestedAt) {
        return insertAndEnqueue(Run.ON_SCHEDULE, requestedAt);
    }

    private Mono<Run> insertAndEnqueue(String trigger, Instant requestedAt) {
        return Mono.defer(() -> {
            Run run = Run.requested(UUID.randomUUID().toString(), trigger, requestedAt);
            return store.insert(run).then(enqueueOrJoin(run));
        });
    }

    private Mono<Run> enqueueOrJoin(Run run) {
        return queue.enqueue(run.id())
                .flatMap(waiting -> waiting.equals(run.id()) ? Mono.just(run) : joinWaitingRun(run, waiting));
    }

    private Mono<Run> joinWaitingRun(Run run, String waiting) {
        if (run.trigger().equals(Run.ON_SCHEDULE)) { // no client knows its id
            return store.remove(run.id()).then(store.find(waiting)).defaultIfEmpty(run);
        }
        return store.markRequested(waiting)
                .flatMap(requested -> store.remove(run.id()).thenReturn(requested))
                // The waiting run was planned or has ended meanwhile.
                // If it still waits in the queue, this run replaces it. Otherwise this run is enqueued.
                .switchIfEmpty(Mono.defer(() -> queue.replace(waiting, run.id()))
                        .flatMap(isQueued -> isQueued ? Mono.just(run) : enqueueOrJoin(run)));
    }

    /**
     * {@return a run and its figures; empty if there is none}
     *
     * @param id the id of the run
     */
    public Mono<RunView> view(String id) {
        // The queue is read first: a run that has left it since then is finished by the time it is read.
        return queue.state().flatMap(queueState -> store.find(id).flatMap(run -> progress.all()
                .map(progressByPartition ->
                        RunView.of(run, progressByPartition, queueState.contains(id), clock.instant()))));
    }

    /**
     * {@return whether there is no such run} An empty {@link #view} can also mean that it cannot be read for a moment.
     *
     * @param id the id of the run
     */
    public Mono<Boolean> isMissing(String id) {
        return store.exists(id).map(exists -> !exists);
    }

    /**
     * {@return the runs that were requested last, latest first}
     *
     * @param limit the maximum number of runs, at least 1
     */
    public Mono<List<RunView>> latest(int limit) {
        return queue.state().flatMap(queueState -> store.latest(limit)
                .collectList()
                .zipWith(progress.all(), (found, progressByPartition) -> found.stream()
                        .map(run ->
                                RunView.of(run, progressByPartition, queueState.contains(run.id()), clock.instant()))
                        .toList()));
    }

    /** {@return the queue and the folded offsets, which change while any instance makes progress with the queued runs} */
    public Mono<QueueProgress> queueProgress() {
        return queue.state().zipWith(progress.all(), (queueState, progressByPartition) -> {
            Map<Integer, Long> next = new TreeMap<>();
            progressByPartition.forEach((partition, progress) -> next.put(partition, progress.next()));
            return new QueueProgress(queueState, next);
        });
    }

    /**
     * The queue and the folded offsets.
     *
     * @param next the first offset that is not folded, by partition
     */
    public record QueueProgress(QueueState queue, Map<Integer, Long> next) {}

    /**
     * Removes runs that were requested longer ago than the retention.
     *
     * @return completes after the removal, also if there are no such runs
     */
    public Mono<Void> removeExpired() {
        return store.removeRequestedBefore(clock.instant().minus(retention));
    }
}
