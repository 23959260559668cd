package io.heartline.gateway.stream.fanout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pass that wakes connections on their event loop. Between its tasks, the loop serves its other channels. */
final class WakePass implements Runnable {

    private static final Logger logger = LoggerFactory.getLogger(WakePass.class);
    private static final int MAX_CONNECTIONS_PER_TASK = 64;

    private final Executor loop;
    private final Iterator<Connection> connections;
    private final Runnable whenDone;

    private WakePass(Executor loop, Iterator<Connection> connections, Runnable whenDone) {
        this.loop = loop;
        this.connections = connections;
        this.whenDone = whenDone;
    }

    /**
     * Wakes the connections. The caller is a task of the event loop.
     *
     * @param connections an iterator that is weakly consistent, or whose list does not change
     * @param whenDone called in the task that wakes the last connection
     */
    static void runOnLoop(Executor loop, Iterator<Connection> connections, Runnable whenDone) {
        new WakePass(loop, connections, whenDone).run();
    }

    /** Wakes connections of several event loops, one task for each loop. Any thread may call. */
    static void submit(List<Connection> connections) {
        Map<Executor, List<Connection>> byLoop = new HashMap<>();
        for (Connection connection : connections) {
            byLoop.computeIfAbsent(connection.eventLoop(), loop -> new ArrayList<>())
                    .add(connection);
        }
        byLoop.forEach((loop, members) -> loop.execute(new WakePass(loop, members.iterator(), () -> {})));
    }

    @Override
    public void run() {
        for (int i = 0; i < MAX_CONNECTIONS_PER_TASK && connections.hasNext(); i++) {
            runSafely(connections.next(), Connection::wakeOnLoop);
        }
        if (connections.hasNext()) {
            try {
                runAfterIo(loop, this);
            } catch (RuntimeException | Error e) { // the event loop has ended, or no memory
                whenDone.run();
                throw e;
            }
        } else {
            whenDone.run();
        }
    }

    /**
     * Runs a task on an event loop after the loop has polled its channels, because a queued task would run before that. An executor
     * that is no event loop runs it like any task.
     */
    static void runAfterIo(Executor loop, Runnable task) {
        if (loop instanceof ScheduledExecutorService eventLoop) {
            eventLoop.schedule(task, 0, TimeUnit.NANOSECONDS);
        } else {
            loop.execute(task);
        }
    }

    /** Runs an action on a connection. If it fails, logs the failure, so that the caller continues with other connections. */
    static void runSafely(Connection connection, Consumer<Connection> action) {
        try {
            action.accept(connection);
        } catch (RuntimeException | Error e) { // the event loop has ended, or no memory
            logger.error("an action on a connection failed", e);
        }
    }
}
