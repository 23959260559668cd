package io.heartline.gateway;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The thread that keeps time for all connections. It is stopped before the log's and the server's: it sends everybody away
 * first, one after the other, so that the other instances are not run over.
 */
final class Ticker implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(Ticker.class);
    private static final Duration TICK = Duration.ofMillis(250);

    private final Fanout fanout;
    private final Unread unread;
    private final Duration drain;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile Thread thread;

    /** @param drain how long to take over sending everybody away */
    Ticker(Fanout fanout, Unread unread, Duration drain) {
        this.fanout = fanout;
        this.unread = unread;
        this.drain = drain;
    }

    @Override
    public void start() {
        thread = new Thread(this::run, "ticker");
        thread.start();
    }

    private void run() {
        try {
            while (!stopping.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
                tick();
            }
            long end = System.nanoTime() + drain.toNanos();
            fanout.drain(end);
            logger.info("sending {} connections away over {} ms", fanout.connections(), drain.toMillis());
            while (fanout.connections() > 0 && System.nanoTime() - end < TICK.toNanos()) {
                tick();
                LockSupport.parkNanos(Math.min(TICK.toNanos(), drain.toNanos() / 20));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tick() {
        survive(fanout::tick);
        survive(unread::check);
    }

    /** Runs a task and survives any exception or Error, because no other thread keeps time. */
    private static void survive(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            BrokenTask.log(logger, "a tick broke", e);
        }
    }

    /** Returns whether the thread has ended although it was not stopped. */
    boolean isBroken() {
        return thread != null && !thread.isAlive() && stopping.getCount() > 0;
    }

    @Override
    public void stop() {
        stopping.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null && thread.isAlive();
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
