package io.heartline.producer.stream;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.SmartLifecycle;

/** The open streams. When the service stops, each writes the results of its sent lines and ends. Clients continue elsewhere. */
public final class OpenStreams implements SmartLifecycle {

    private final Set<LikeStream> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean isRunning;
    private volatile boolean isStopping;

    /**
     * Adds a stream. It is stopped immediately if the service stops already.
     *
     * @param stream a stream that is not closed
     */
    public void add(LikeStream stream) {
        streams.add(stream);
        if (isStopping) {
            stream.stop();
        }
    }

    /**
     * Removes a stream.
     *
     * @param stream a stream whose answer has ended
     */
    public void remove(LikeStream stream) {
        streams.remove(stream);
    }

    @Override
    public void start() {
        isRunning = true;
        isStopping = false;
    }

    @Override
    public void stop() {
        isRunning = false;
        isStopping = true;
        streams.forEach(LikeStream::stop);
    }

    @Override
    public boolean isRunning() {
        return isRunning;
    }

    // streams stop before the web server, because it waits for open connections
    @Override
    public int getPhase() {
        return SmartLifecycle.DEFAULT_PHASE;
    }
}
