package io.heartline.gateway;

import io.heartline.gateway.stream.TaskErrors;
import io.heartline.gateway.stream.fanout.Fanout;
import io.heartline.gateway.transport.OutboundBufferLimit;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The thread that examines all connections at an interval. On shutdown it stops before the thread that reads the topic and before
 * the server. It closes all connections first, spread over the drain period, so that they do not all reach the other instances
 * at the same moment.
 */
final class Ticker implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(Ticker.class);
    private static final Duration TICK = Duration.ofMillis(250);

    private final Fanout fanout;
    private final OutboundBufferLimit outboundBuffers;
    private final Duration drainPeriod;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile Thread thread;

    /**
     * Creates the thread's task. It runs after {@link #start}.
     *
     * @param drainPeriod the period over which {@link #stop} closes all connections
     */
    Ticker(Fanout fanout, OutboundBufferLimit outboundBuffers, Duration drainPeriod) {
        this.fanout = fanout;
        this.outboundBuffers = outboundBuffers;
        this.drainPeriod = drainPeriod;
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
            long end = System.nanoTime() + drainPeriod.toNanos();
            fanout.drain(end);
            logger.info("closing {} connections over {} ms", fanout.connections(), drainPeriod.toMillis());
            while (fanout.connections() > 0 && System.nanoTime() - end < TICK.toNanos()) {
                tick();
                LockSupport.parkNanos(Math.min(TICK.toNanos(), drainPeriod.toNanos() / 20));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tick() {
        runLogged(fanout::tick);
        runLogged(outboundBuffers::check);
    }

    /** Runs a task. Catches any exception or Error, because no other thread runs the next tick. */
    private static void runLogged(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            TaskErrors.log(logger, "a tick failed", e);
        }
    }

    /** Returns whether the thread has ended although it was not stopped. Any thread may call. */
    boolean hasDied() {
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
