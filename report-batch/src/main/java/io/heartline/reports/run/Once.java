package io.heartline.reports.run;

import java.time.Duration;

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
    public String run() throws InterruptedException {
        Run run = runs.enqueue(Run.ONCE).block();
        worker.join(run.id());
        while (true) {
            Run.View view = runs.view(run.id()).block();
            switch (view.status()) {
                case done -> {
                    return null;
                }
                case failed -> {
                    return view.error();
                }
                case running -> Thread.sleep(LOOK.toMillis());
            }
        }
    }
}
