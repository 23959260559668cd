package io.heartline.reports.feed.pass;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.failure.Failures;
import io.heartline.reports.feed.FeedStore;
import io.heartline.reports.settings.DatabaseSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
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
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(20);

    private final DatabaseSettings settings;
    private final FeedStore feed;
    private final SealingPass pass;
    private final ErasedRetention retention;
    private final InstantSource clock;
    private final @Nullable Duration interval;
    private final String owner = UUID.randomUUID().toString();
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile @Nullable Thread thread;
    private @Nullable Instant renewedAt;
    private boolean isFailureLogged;

    /** @param interval between two checks for missing reports; null for an instance without this thread */
    FeedWorker(
            DatabaseSettings settings,
            FeedStore feed,
            SealingPass pass,
            ErasedRetention retention,
            InstantSource clock,
            @Nullable Duration interval) {
        this.settings = settings;
        this.feed = feed;
        this.pass = pass;
        this.retention = retention;
        this.clock = clock;
        this.interval = interval;
    }

    /**
     * Enters all reports of sealed weeks that are missing, unless another instance does so. Blocks the calling thread. No other thread
     * may call it concurrently.
     */
    public void enterMissing() {
        await(settings.checkOrCreate());
        renewedAt = null;
        if (!mayContinue()) {
            return;
        }
        try {
            pass.enterMissing(this::mayContinue);
            retention.removeIfDue();
        } finally {
            await(feed.releaseLease(owner)); // if it fails, the lease expires by itself
        }
    }

    /** Renews the lease if a third of its time has passed. Returns whether this instance has it and is not stopping. */
    private boolean mayContinue() {
        Instant now = clock.instant();
        Instant last = renewedAt;
        boolean isFresh = last != null && !now.isBefore(last) && now.isBefore(last.plus(LEASE.dividedBy(3)));
        if (stop.getCount() > 0 && !isFresh) {
            renewedAt = now;
            return await(feed.acquireLease(owner, now, LEASE));
        }
        return stop.getCount() > 0;
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
