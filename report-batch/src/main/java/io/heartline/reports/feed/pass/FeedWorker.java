package io.heartline.reports.feed.pass;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.failure.Failures;
import io.heartline.reports.feed.FeedLease;
import io.heartline.reports.settings.DatabaseSettings;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The thread that enters reports into the feed, apart from the thread of runs. One instance at a time does so, by a lease. The thread
 * survives an {@link Error}, as the thread of runs does.
 */
public class FeedWorker implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(FeedWorker.class);
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(20);

    private final DatabaseSettings settings;
    private final FeedLease lease;
    private final SealingPass pass;
    private final ErasedRetention retention;
    private final @Nullable Duration interval;
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile @Nullable Thread thread;
    private boolean isFailureLogged;

    /** @param interval between two checks for missing reports; null for an instance without this thread */
    FeedWorker(
            DatabaseSettings settings,
            FeedLease lease,
            SealingPass pass,
            ErasedRetention retention,
            @Nullable Duration interval) {
        this.settings = settings;
        this.lease = lease;
        this.pass = pass;
        this.retention = retention;
        this.interval = interval;
    }

    /**
     * Enters all reports of sealed weeks that are missing, unless another instance does so. Blocks the calling thread. No other thread
     * may call it concurrently.
     */
    public void enterMissing() {
        await(settings.checkOrCreate());
        if (!mayContinue()) {
            return;
        }
        try {
            pass.enterMissing(this::mayContinue);
            retention.removeIfDue();
        } finally {
            lease.release(); // if it fails, the lease expires by itself
        }
    }

    /** Returns whether this instance has the lease and is not stopping. */
    private boolean mayContinue() {
        return stop.getCount() > 0 && lease.acquireOrRenew();
    }

    private void loop(Duration pause) {
        try {
            do {
                try {
                    enterMissing();
                    isFailureLogged = false;
                } catch (RuntimeException | Error e) {
                    logFailure(e);
                }
            } while (!stop.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Logs the first of several failures in a row. */
    private void logFailure(Throwable e) {
        if (isFailureLogged || stop.getCount() == 0) {
            return;
        }
        isFailureLogged = true;
        if (Failures.pausesInstance(e) || Failures.isExpected(e)) {
            logger.warn("the feed of revisions is paused: {}", Failures.describe(e));
        } else {
            logger.error("the feed of revisions is paused", e);
        }
    }

    @Override
    public void start() {
        if (interval != null) {
            Thread started = new Thread(() -> loop(interval), "report-feed");
            thread = started;
            started.start();
        }
    }

    /** Waits for the batch that is being entered. */
    @Override
    public void stop() {
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
    public boolean isRunning() {
        return thread != null;
    }
}
