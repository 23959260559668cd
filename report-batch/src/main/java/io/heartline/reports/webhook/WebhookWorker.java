package io.heartline.reports.webhook;

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
 * The thread that delivers changes to the webhook. One instance at a time does so, by a lease. The thread survives an {@link Error}, as the
 * thread of runs does.
 */
final class WebhookWorker implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(WebhookWorker.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(20);

    private final DatabaseSettings settings;
    private final FeedLease lease;
    private final Deliverer.@Nullable Parts parts;
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile @Nullable Thread thread;
    private boolean isFailureLogged;

    /** @param parts null for an instance that delivers nothing */
    WebhookWorker(DatabaseSettings settings, FeedLease lease, Deliverer.@Nullable Parts parts) {
        this.settings = settings;
        this.lease = lease;
        this.parts = parts;
    }

    /** Delivers until this instance stops or another one delivers. */
    private void deliver(Deliverer.Parts with) throws InterruptedException {
        await(settings.checkOrCreate());
        if (!mayContinue()) {
            with.metrics().notDelivering();
            return;
        }
        try {
            WebhookStore.Position position = await(
                    with.store().findOrStart(with.feed().feed(), with.clock().instant()));
            isFailureLogged = false;
            new Deliverer(with, position).run(this::mayContinue);
        } finally {
            lease.release(); // if it fails, the lease expires by itself
        }
    }

    private boolean mayContinue() {
        return stop.getCount() > 0 && lease.acquireOrRenew();
    }

    private void loop(Deliverer.Parts with) {
        try {
            do {
                try {
                    deliver(with);
                } catch (RuntimeException | Error e) {
                    logFailure(e);
                }
            } while (!stop.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            with.client().close();
        }
    }

    /** Logs the first of several failures in a row. */
    private void logFailure(Throwable e) {
        if (isFailureLogged || stop.getCount() == 0) {
            return;
        }
        isFailureLogged = true;
        if (Failures.pausesInstance(e) || Failures.isExpected(e)) {
            logger.warn("the webhook is paused: {}", Failures.describe(e));
        } else {
            logger.error("the webhook is paused", e);
        }
    }

    @Override
    public void start() {
        if (parts != null) {
            Thread started = new Thread(() -> loop(parts), "report-webhook");
            thread = started;
            started.start();
        }
    }

    /** Waits for the requests in flight. */
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
