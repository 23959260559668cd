package io.heartline.reports.feed;

import io.heartline.reports.failure.Failures;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * A thread that repeats a task which one instance at a time does, by a lease. It survives an {@link Error}, as the thread of runs does,
 * and logs the first of several failures in a row.
 */
public abstract class LeasedThread implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(LeasedThread.class);
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(20);

    private final FeedLease lease;
    private final String name;
    private final String subject;
    private final @Nullable Duration pause;
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile @Nullable Thread thread;
    private boolean isFailureLogged;

    /**
     * Creates a thread that is not started.
     *
     * @param lease of the task
     * @param name of the thread
     * @param subject begins a log line that ends with "is paused"
     * @param pause between two executions of the task; null for an instance without the thread
     */
    protected LeasedThread(FeedLease lease, String name, String subject, @Nullable Duration pause) {
        this.lease = lease;
        this.name = name;
        this.subject = subject;
        this.pause = pause;
    }

    /**
     * Does the task once. Blocks the calling thread.
     *
     * @throws InterruptedException if the thread is interrupted
     */
    protected abstract void execute() throws InterruptedException;

    /** Releases what the thread has used. Called at its end. */
    protected void close() {}

    /**
     * Acquires or renews the lease.
     *
     * @return whether this instance has the lease and is not stopping
     */
    protected final boolean mayContinue() {
        return stop.getCount() > 0 && lease.acquireOrRenew();
    }

    /** Lets other instances do the task. If this fails, the lease expires by itself. */
    protected final void release() {
        lease.release();
    }

    /** Lets the next failure be logged. */
    protected final void markHealthy() {
        isFailureLogged = false;
    }

    private void loop(Duration between) {
        try {
            do {
                try {
                    execute();
                } catch (RuntimeException | Error e) {
                    logFailure(e);
                }
            } while (!stop.await(between.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    private void logFailure(Throwable e) {
        if (isFailureLogged || stop.getCount() == 0) {
            return;
        }
        isFailureLogged = true;
        if (Failures.pausesInstance(e) || Failures.isExpected(e)) {
            logger.warn("{} is paused: {}", subject, Failures.describe(e));
        } else {
            logger.error("{} is paused", subject, e);
        }
    }

    @Override
    public final void start() {
        Duration between = pause;
        if (between != null) {
            Thread started = new Thread(() -> loop(between), name);
            thread = started;
            started.start();
        }
    }

    /** Waits for the step in progress. */
    @Override
    public final void stop() {
        stop.countDown();
        Thread stopped = thread;
        thread = null;
        if (stopped == null) {
            return;
        }
        try {
            stopped.join(SHUTDOWN_TIMEOUT.toMillis());
            stopped.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public final boolean isRunning() {
        return thread != null;
    }
}
