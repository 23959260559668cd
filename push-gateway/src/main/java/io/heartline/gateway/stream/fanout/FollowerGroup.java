package io.heartline.gateway.stream.fanout;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections of one author that share an event loop. One task wakes all of them, so the work of the
 * thread that reads the log does not depend on the number of connections.
 */
final class FollowerGroup {

    private final Executor eventLoop;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet(1);
    // wake-ups that were not handled yet; the caller that increments it from 0 starts a pass
    private final AtomicInteger wakes = new AtomicInteger();

    FollowerGroup(Executor eventLoop) {
        this.eventLoop = eventLoop;
    }

    Executor eventLoop() {
        return eventLoop;
    }

    void add(Connection connection) {
        connections.add(connection);
    }

    /** Removes a connection and returns whether the group is empty now. */
    boolean remove(Connection connection) {
        connections.remove(connection);
        return connections.isEmpty();
    }

    /** Wakes every connection of the group. Any thread may call. */
    void wake() {
        if (wakes.getAndIncrement() == 0) {
            submit();
        }
    }

    private void submit() {
        try {
            eventLoop.execute(this::wakeAll);
        } catch (RuntimeException | Error e) { // the event loop has ended, or no memory: the next wake tries again
            wakes.set(0);
            throw e;
        }
    }

    private void wakeAll() {
        int seen = wakes.get();
        WakePass.runOnLoop(eventLoop, connections.iterator(), () -> {
            if (wakes.addAndGet(-seen) != 0) {
                submit();
            }
        });
    }
}
