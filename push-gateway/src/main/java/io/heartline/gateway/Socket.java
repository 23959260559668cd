package io.heartline.gateway;

import java.util.concurrent.Executor;
import org.reactivestreams.Subscriber;
import reactor.core.CoreSubscriber;

/** Where a connection's frames go. A plain subscriber is told on whichever thread has news; a {@link Socket} on its own. */
interface Socket extends CoreSubscriber<Frame> {

    /** The one thread that may tell it something. */
    Executor executor();

    /** There is nothing more for now. */
    void flush();

    /** When the peer last gave a sign of life, by {@link System#nanoTime()}; now, if it has no way to give any. */
    long lastHeard();

    static Executor executorOf(Subscriber<?> subscriber) {
        return subscriber instanceof Socket socket ? socket.executor() : Runnable::run;
    }
}
