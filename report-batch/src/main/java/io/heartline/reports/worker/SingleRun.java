package io.heartline.reports.worker;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.failure.Failures;
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

/** One run from beginning to end, for a schedule outside, such as cron. */
public final class SingleRun {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

    private final RunService runs;
    private final RunWorker worker;
    private final Duration timeout;

    /** @param timeout how long MongoDB may be away, or nothing may change in the queue and in progress, before this gives up */
    SingleRun(RunService runs, RunWorker worker, Duration timeout) {
        this.runs = runs;
        this.worker = worker;
        this.timeout = timeout;
    }

    /**
     * Waits until any instances have folded every partition past the end it had when this began, the run has failed, or no
     * instance makes progress with it. A run that this gives up stays in the queue, and the next one continues it.
     *
     * @return why it failed, or null
     */
    public @Nullable String run() {
        await(runs.removeExpired()); // where this is all that ever runs, nothing else does
        Run run = await(runs.enqueue(Run.ONCE));
        worker.joinRun(run.id());
        RunEndPoller poller = new RunEndPoller(run.id());
        while (true) {
            Optional<RunEnd> end = poller.poll();
            if (end.isPresent()) {
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

        /** Returns the end, if it has come. */
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
