package io.heartline.gateway.stream;

import java.util.List;
import java.util.concurrent.Executor;
import org.reactivestreams.Subscriber;
import reactor.core.CoreSubscriber;

/**
 * Where a connection's frames go. A plain subscriber is told on whichever thread has news, as many as it asked for. A socket
 * is told on its own, and as long as it has room: it asks for everything at first, and once more whenever it has room again.
 */
public interface FrameSink extends CoreSubscriber<Frame> {

    /** The one thread that may tell it something. */
    Executor executor();

    /** Frames that are to leave together. */
    void onNext(List<Frame> frames);

    /** Whether what it was told last has gone, or nearly. */
    boolean isWritable();

    /** There is nothing more for now. */
    void flush();

    /** Returns the bytes that were written and have not left the process. Any thread may call. */
    long unreadBytes();

    /** Called after the frames with which the client has everything that it missed. */
    default void onCaughtUp() {}

    /** When the peer last gave a sign of life, by {@link System#nanoTime()}; now, if it has no way to give any. */
    long lastHeard();

    static Executor executorOf(Subscriber<?> subscriber) {
        return subscriber instanceof FrameSink socket ? socket.executor() : Runnable::run;
    }
}
