package io.heartline.reports.worker;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.failure.Failures;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunService;
import io.heartline.reports.run.RunStatus;
import io.heartline.reports.run.RunView;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** Executes one run from beginning to end, for a schedule outside of this service, such as cron. */
public final class SingleRun {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

    private final RunService runs;
    private final RunWorker worker;
    private final Duration timeout;

    /** @param timeout how long MongoDB may be unavailable, or no instance may make progress, before this gives up */
    SingleRun(RunService runs, RunWorker worker, Duration timeout) {
        this.runs = runs;
        this.worker = worker;
        this.timeout = timeout;
    }

    /**
     * Waits until any instances have folded all partitions past their ends at the start of this call. Gives up if the run fails, or if
     * no instance makes progress with it. Such a run stays in the queue, and the next call continues it.
     *
     * @return why the run failed; null if it did not
     */
    public @Nullable String run() {
        await(runs.removeExpired()); // without a scheduled worker, no other code removes them
        Run run = await(runs.enqueue(Run.ONCE));
        worker.joinRun(run.id());
        RunEndPoller poller = new RunEndPoller(run.id());
        while (true) {
            Optional<RunEnd> end = poller.poll();
            if (end.isPresent()) {
                await(ProgressStore.untilCachesFollow());
                return end.get().error();
            }
            awaitNextPoll();
        }
    }

    private static void awaitNextPoll() {
        try {
            new CountDownLatch(1).await(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** @param error null if the run is done */
    private record RunEnd(@Nullable String error) {}

    private final class RunEndPoller {

        private final String run;
        private RunService.@Nullable QueueProgress lastProgress;
        private long changedAt = System.nanoTime();

        RunEndPoller(String run) {
            this.run = run;
        }

        /** Returns the end of the run; empty while it is running. */
        Optional<RunEnd> poll() {
            boolean isTimedOut = System.nanoTime() - changedAt > timeout.toNanos();
            try {
                RunService.QueueProgress queueProgress = await(runs.queueProgress());
                RunView view = await(runs.view(run));
                if (!queueProgress.equals(lastProgress)) {
                    lastProgress = queueProgress;
                    changedAt = System.nanoTime();
                    isTimedOut = false;
                }
                return end(view, isTimedOut);
            } catch (RuntimeException e) {
                if (isTimedOut || !Failures.isMongoUnavailable(e)) {
                    throw e;
                }
                return Optional.empty();
            }
        }

        private Optional<RunEnd> end(@Nullable RunView view, boolean isTimedOut) {
            if (view != null && view.status() != RunStatus.running) {
                return Optional.of(new RunEnd(view.error()));
            }
            if (worker.isBroken()) {
                return Optional.of(new RunEnd("the thread that does runs has ended"));
            }
            if (view == null && await(runs.isMissing(run))) {
                return Optional.of(new RunEnd("its document was removed from MongoDB"));
            }
            return isTimedOut
                    ? Optional.of(new RunEnd("no instance has made progress for " + timeout.toSeconds() + " s"))
                    : Optional.empty();
        }
    }
}
