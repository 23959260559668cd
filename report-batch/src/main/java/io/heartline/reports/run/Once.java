package io.heartline.reports.run;

import static io.heartline.reports.run.MongoCalls.await;

import java.time.Duration;
import reactor.core.publisher.Flux;

/** One run from beginning to end, for whoever keeps the schedule outside. */
public final class Once {

    private static final Duration LOOK = Duration.ofMillis(200);

    private final Runs runs;
    private final Worker worker;

    Once(Runs runs, Worker worker) {
        this.runs = runs;
        this.worker = worker;
    }

    /**
     * Returns once every partition is folded past the end it had when this began, by whichever instance, or the run has failed.
     *
     * @return why it failed, or null
     */
    public String run() {
        await(runs.trim()); // where this is all that ever runs, nothing else does
        Run run = await(runs.enqueue(Run.ONCE));
        worker.join(run.id());
        return Flux.interval(LOOK)
                .onBackpressureDrop() // a look that takes long is one for those that were due meanwhile
                .concatMap(look -> runs.view(run.id()), 1)
                .filter(view -> view.status() != Run.Status.running)
                .blockFirst()
                .error();
    }
}
