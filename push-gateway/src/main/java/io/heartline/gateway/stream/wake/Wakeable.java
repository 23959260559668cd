package io.heartline.gateway.stream.wake;

import java.util.concurrent.Executor;

/** The part of a connection that a {@link WakePass} wakes. */
public interface Wakeable {

    /**
     * Returns the event loop of the connection.
     *
     * @return the same executor for each call
     */
    Executor eventLoop();

    /** Sends the available frames. The caller is on the event loop. */
    void wakeOnLoop();
}
