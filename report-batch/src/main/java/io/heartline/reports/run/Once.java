package io.heartline.reports.run;

import static io.heartline.reports.run.MongoCalls.await;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** One run from beginning to end, for a schedule outside, such as cron. */
public final class Once {

    private static final Duration LOOK = Duration.ofMillis(200);

    private final Runs runs;
    private final Worker worker;
    private final Duration limit;

    /** @param limit how long MongoDB may be away, or nothing may change in the queue and in progress, before this gives up */
    Once(Runs runs, Worker worker, Duration limit) {
        this.runs = runs;
        this.worker = worker;
        this.limit = limit;
    }

    /**
     * Waits until any instances have folded every partition past the end it had when this began, the run has failed, or no
     * instance makes progress with it. A run that this gives up stays in the queue, and the next one continues it.
     *
     * @return why it failed, or null
     */
    public @Nullable String run() {
        await(runs.trim()); // where this is all that ever runs, nothing else does
        Run run = await(runs.enqueue(Run.ONCE));
        worker.join(run.id());
        Wait wait = new Wait(run.id());
        while (true) {
            Optional<End> end = wait.look();
            if (end.isPresent()) {
                return end.get().error();
            }
            pause();
        }
    }

    private static void pause() {
        try {
            new CountDownLatch(1).await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** @param error null if the run is done */
    private record End(@Nullable String error) {}

    private final class Wait {

        private final String run;
        private Runs.@Nullable Standing last;
        private long changedAt = System.nanoTime();

        Wait(String run) {
            this.run = run;
        }

        /** Returns the end, if it has come. */
        Optional<End> look() {
            boolean isOver = System.nanoTime() - changedAt > limit.toNanos();
            try {
                Runs.Standing standing = await(runs.standing());
                Run.View view = await(runs.view(run));
                if (!standing.equals(last)) {
                    last = standing;
                    changedAt = System.nanoTime();
                    isOver = false;
                }
                return end(view, isOver);
            } catch (RuntimeException e) {
                if (isOver || !Trouble.isMongoAway(e)) {
                    throw e;
                }
                return Optional.empty();
            }
        }

        private Optional<End> end(Run.@Nullable View view, boolean isOver) {
            if (view != null && view.status() != Run.Status.running) {
                return Optional.of(new End(view.error()));
            }
            if (worker.isBroken()) {
                return Optional.of(new End("the thread that does runs has ended"));
            }
            if (view == null && await(runs.isMissing(run))) {
                return Optional.of(new End("its document was removed from MongoDB"));
            }
            return isOver
                    ? Optional.of(new End("no instance has made progress for " + limit.toSeconds() + " s"))
                    : Optional.empty();
        }
    }
}
