package io.heartline.reports.run;

import static io.heartline.reports.run.MongoCalls.await;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The thread that keeps the schedule and takes part in runs, also in runs that other instances were asked for. A run that another
 * instance left when it died is continued the same way. The thread survives an {@link Error}, because no other thread of this
 * instance folds; {@link RunsHealth} reports it if it has ended all the same.
 */
class Worker implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(Worker.class);
    private static final int LOOKS_TO_SIT_OUT = 5;
    private static final Duration SHUTDOWN = Duration.ofSeconds(20);

    private final RunQueue queue;
    private final RunStore store;
    private final Runs runs;
    private final Job job;
    private final FoldMetrics metrics;
    private final InstantSource clock;
    private final Schedule schedule;
    private final Duration watch;
    private final boolean joinsAll;
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final Attempts attempts = new Attempts();
    private final AtomicBoolean isDue = new AtomicBoolean();
    private final Semaphore signals = new Semaphore(0);
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile Thread thread;
    private boolean isMongoAway;

    /**
     * @param schedule when to look whether a run is worth it
     * @param watch how often to look for what others have queued
     * @param joinsAll false for a read-only replica, which takes part in what it was asked for and in nothing else
     */
    Worker(
            RunQueue queue,
            RunStore store,
            Runs runs,
            Job job,
            FoldMetrics metrics,
            InstantSource clock,
            Schedule schedule,
            Duration watch,
            boolean joinsAll) {
        this.queue = queue;
        this.store = store;
        this.runs = runs;
        this.job = job;
        this.metrics = metrics;
        this.clock = clock;
        this.schedule = schedule;
        this.watch = watch;
        this.joinsAll = joinsAll;
    }

    /** This instance was asked for the run, and sees to it. */
    void join(String run) {
        asked.add(run);
        signals.release();
    }

    /** It is time for a scheduled run. */
    void tick() {
        isDue.set(true);
        signals.release();
    }

    /** @return whether there was anything to do, so that there may be more */
    boolean step() {
        if (isDue.getAndSet(false)) {
            schedule();
        }
        // before the queue is looked at, or what is being queued this moment would be forgotten
        Set<String> known = Set.copyOf(asked);
        RunQueue.State state = await(queue.state());
        known.stream().filter(run -> !state.holds(run)).forEach(asked::remove);
        if (state.running() == null) {
            return state.waiting() != null && isOurs(state.waiting()) && await(queue.begin(state.waiting()));
        }
        Run run = await(store.find(state.running()));
        if (run == null && await(store.exists(state.running()))) {
            return false; // it is there, and after a failover a moment later to be read
        }
        if (run == null || run.isFinished()) { // an empty one is not even remembered
            return await(queue.end(state.running()));
        }
        // what was asked of this instance waits for it
        boolean isInOurWay = state.waiting() != null && isOurs(state.waiting());
        return (isOurs(run.id()) || isInOurWay) && work(run);
    }

    private boolean isOurs(String run) {
        return joinsAll || asked.contains(run);
    }

    /** The next tick does it while a run is going or waits. */
    private void schedule() {
        if (await(queue.state()).isEmpty() && isWorthARun()) {
            await(runs.enqueue(Run.ON_SCHEDULE));
        }
        await(runs.trim());
    }

    private boolean isWorthARun() {
        try {
            return job.isBehind();
        } catch (RuntimeException | Error e) {
            if (Trouble.isForLater(e)) {
                throw e;
            }
            return true; // the run will meet the same trouble, and leave a trace of it
        }
    }

    private boolean work(Run run) {
        try {
            job.work(run, stop);
        } catch (RuntimeException | Error e) {
            if (isStopping() || Trouble.isForLater(e)) {
                throw e; // the run stays as it is, and is gone on with
            }
            Run latest = await(store.find(run.id()));
            boolean isPlannedByAnother =
                    latest != null && latest.isPlanned() && !job.instance().equals(latest.plannedBy());
            if (isPlannedByAnother
                    && !(e instanceof LogGapException)
                    && !attempts.isExhausted(latest, job.left(latest))) {
                logger.warn("run {}: leaving it to others for a while: {}", run.id(), Trouble.text(e));
                sitOut();
            } else {
                fail(run, e);
            }
        }
        return true;
    }

    private void fail(Run run, Throwable e) {
        if (Trouble.isExpected(e)) {
            logger.error("run {} failed: {}", run.id(), Trouble.text(e));
        } else {
            logger.error("run {} failed", run.id(), e);
        }
        Run failed = run.finished(clock.instant(), Trouble.text(e));
        if (await(store.finish(failed))) {
            metrics.finished(failed);
        }
    }

    private void loop() {
        while (!isStopping() && !Thread.currentThread().isInterrupted()) {
            try {
                if (schedule.isDue()) {
                    tick();
                }
                boolean mayHaveMore = step();
                isMongoAway = false;
                if (!mayHaveMore) {
                    signals.tryAcquire(schedule.untilDue(watch).toMillis(), TimeUnit.MILLISECONDS);
                    signals.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) { // for example no thread for a Kafka client can be created
                noteIfPossible(e);
                sitOut();
            }
        }
    }

    private void noteIfPossible(Throwable e) {
        try {
            note(e);
        } catch (RuntimeException | Error f) {
            // There is no memory to log it, for example. The cause returns with the next attempt, and is logged then.
        }
    }

    private void note(Throwable e) {
        if (isStopping()) {
            logger.warn("stopped in the middle of a run; the next one goes on where its progress stands");
        } else if (!Trouble.isForLater(e)) {
            logger.error("looking for runs failed", e);
        } else if (!isMongoAway) {
            isMongoAway = true;
            logger.error("no runs for now: {}", Trouble.text(e));
        }
    }

    private void sitOut() {
        try {
            stop.await(watch.toMillis() * LOOKS_TO_SIT_OUT, TimeUnit.MILLISECONDS);
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

    /** Waits for the chunk that is being folded. */
    @Override
    public void stop() {
        stop.countDown();
        signals.release();
        try {
            thread.join(SHUTDOWN.toMillis());
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
