package io.heartline.reports.worker;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.failure.Failures;
import io.heartline.reports.failure.LogGapException;
import io.heartline.reports.progress.LogSnapshot;
import io.heartline.reports.run.QueueState;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunQueue;
import io.heartline.reports.run.RunService;
import io.heartline.reports.run.RunStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The thread that keeps the schedule and takes part in runs, also in runs that other instances have queued. It continues runs of
 * instances that have died in the same way. The thread survives an {@link Error}, because no other thread of this instance folds.
 * {@link RunsHealth} reports if it has ended nevertheless.
 */
class RunWorker implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(RunWorker.class);
    private static final int BACK_OFF_POLLS = 5;
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(20);

    private final RunQueue queue;
    private final RunStore store;
    private final RunService runs;
    private final RunExecutor executor;
    private final FoldMetrics metrics;
    private final InstantSource clock;
    private final CronSchedule schedule;
    private final Duration pollInterval;
    private final boolean joinsAll;
    private final Set<String> requestedRuns = ConcurrentHashMap.newKeySet();
    private final FailedAttempts failedAttempts = new FailedAttempts();
    private final AtomicBoolean isScheduledRunDue = new AtomicBoolean();
    private final Semaphore signals = new Semaphore(0);
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile Thread thread;
    private boolean isMongoOutageLogged;

    /** The snapshot in which the schedule found work. The next run is planned from it if it is still valid. */
    private @Nullable LogSnapshot reusableSnapshot;

    /**
     * @param schedule when to check whether a run is needed
     * @param pollInterval how often to look for runs that other instances have queued
     * @param joinsAll false for a read-only replica, which takes part only in runs that it was asked for
     */
    RunWorker(
            RunQueue queue,
            RunStore store,
            RunService runs,
            RunExecutor executor,
            FoldMetrics metrics,
            InstantSource clock,
            CronSchedule schedule,
            Duration pollInterval,
            boolean joinsAll) {
        this.queue = queue;
        this.store = store;
        this.runs = runs;
        this.executor = executor;
        this.metrics = metrics;
        this.clock = clock;
        this.schedule = schedule;
        this.pollInterval = pollInterval;
        this.joinsAll = joinsAll;
    }

    /** Lets this instance take part in a run that it was asked for. */
    void joinRun(String run) {
        requestedRuns.add(run);
        signals.release();
    }

    /** Lets the thread check whether a scheduled run is needed. */
    void requestScheduledRun() {
        isScheduledRunDue.set(true);
        signals.release();
    }

    /**
     * Takes one step: requests a scheduled run that is due, starts the waiting run, or executes the running one.
     *
     * @return whether there was anything to do, so that there may be more
     */
    boolean takeStep() {
        if (isScheduledRunDue.getAndSet(false)) {
            requestRunIfNeeded();
        }
        // taken before the queue is read, because a run that is queued in between must be kept
        Set<String> requestedBefore = Set.copyOf(requestedRuns);
        QueueState state = await(queue.state());
        requestedBefore.stream().filter(run -> !state.contains(run)).forEach(requestedRuns::remove);
        if (state instanceof QueueState.Running running) {
            return executeOrFinish(running);
        }
        return state instanceof QueueState.Waiting next
                && takesPartIn(next.waiting())
                && await(queue.start(next.waiting()));
    }

    private boolean executeOrFinish(QueueState.Running state) {
        Run run = await(store.find(state.running()));
        if (run == null && await(store.exists(state.running()))) {
            return false; // after a failover, the run can be read a moment later
        }
        if (run == null || run.isFinished()) { // an empty scheduled run is removed when it ends
            return await(queue.finish(state.running()));
        }
        // a run that this instance was asked for waits for the running one
        boolean blocksWaitingRun = state.waiting() != null && takesPartIn(state.waiting());
        if (!takesPartIn(run.id()) && !blocksWaitingRun) {
            return false;
        }
        executeAndHandleFailure(run);
        return true;
    }

    private boolean takesPartIn(String run) {
        return joinsAll || requestedRuns.contains(run);
    }

    /** Does nothing while a run is running or waits, because the schedule comes again. */
    private void requestRunIfNeeded() {
        if (await(queue.state()) instanceof QueueState.Idle) {
            enqueueIfWorkIsFound();
        }
        await(runs.removeExpired());
    }

    private void enqueueIfWorkIsFound() {
        Optional<LogSnapshot> work;
        try {
            work = executor.findWork();
        } catch (RuntimeException | Error e) {
            if (Failures.pausesInstance(e)) {
                throw e;
            }
            await(runs.enqueue(Run.ON_SCHEDULE)); // the run will fail for the same reason, and its document shows it
            return;
        }
        if (work.isPresent()) {
            LogSnapshot snapshot = work.get();
            reusableSnapshot = snapshot;
            boolean isFresh = executor.isFresh(snapshot);
            await(isFresh ? runs.enqueueScheduled(snapshot.takenAt()) : runs.enqueue(Run.ON_SCHEDULE));
        }
    }

    private void executeAndHandleFailure(Run run) {
        // only one execution may use the snapshot, because a later execution has to see the records since then
        LogSnapshot snapshot = reusableSnapshot;
        reusableSnapshot = null;
        try {
            executor.execute(run, snapshot, stop);
        } catch (RuntimeException | Error e) {
            if (isStopping() || Failures.pausesInstance(e)) {
                throw e; // the run stays as it is, and is continued
            }
            Run latest = await(store.find(run.id()));
            boolean isPlannedByAnother =
                    latest != null && latest.isPlanned() && !executor.instance().equals(latest.plannedBy());
            if (isPlannedByAnother
                    && !(e instanceof LogGapException)
                    && !failedAttempts.recordAndCheckExhausted(latest, executor.remaining(latest))) {
                logger.warn(
                        "run {}: backing off and leaving it to other instances: {}", run.id(), Failures.describe(e));
                backOff();
            } else {
                fail(run, e);
            }
        }
    }

    private void fail(Run run, Throwable e) {
        if (Failures.isExpected(e)) {
            logger.error("run {} failed: {}", run.id(), Failures.describe(e));
        } else {
            logger.error("run {} failed", run.id(), e);
        }
        Run failed = run.finished(clock.instant(), Failures.describe(e));
        if (await(store.finish(failed))) {
            metrics.finished(failed);
        }
    }

    private void loop() {
        while (!isStopping() && !Thread.currentThread().isInterrupted()) {
            try {
                if (schedule.isDue()) {
                    requestScheduledRun();
                }
                boolean mayHaveMore = takeStep();
                isMongoOutageLogged = false;
                if (!mayHaveMore) {
                    signals.tryAcquire(schedule.untilDue(pollInterval).toMillis(), TimeUnit.MILLISECONDS);
                    signals.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) { // for example no thread for a Kafka client can be created
                logFailureIfPossible(e);
                backOff();
            }
        }
    }

    private void logFailureIfPossible(Throwable e) {
        try {
            logFailure(e);
        } catch (RuntimeException | Error f) {
            // There is no memory to log it, for example. The cause returns with the next attempt, and is logged then.
        }
    }

    private void logFailure(Throwable e) {
        if (isStopping()) {
            logger.warn("stopped during a run; the next run continues from its progress");
        } else if (!Failures.pausesInstance(e)) {
            logger.error("polling for runs failed", e);
        } else if (!isMongoOutageLogged) {
            isMongoOutageLogged = true;
            logger.error("runs are paused: {}", Failures.describe(e));
        }
    }

    private void backOff() {
        try {
            stop.await(pollInterval.toMillis() * BACK_OFF_POLLS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isStopping() {
        return stop.getCount() == 0;
    }

    @Override
    public void start() {
        thread = new Thread(this::loop, "report-run");
        thread.start();
    }

    /** Waits for the chunk that is being folded, at most 20 s. */
    @Override
    public void stop() {
        stop.countDown();
        signals.release();
        try {
            thread.join(SHUTDOWN_TIMEOUT.toMillis());
            if (thread.isAlive()) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether the thread has ended although it was not stopped. */
    boolean isBroken() {
        Thread started = thread;
        return started != null && !started.isAlive() && !isStopping();
    }

    @Override
    public boolean isRunning() {
        return thread != null && !isStopping();
    }
}
