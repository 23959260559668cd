package io.heartline.producer.stream;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.SmartLifecycle;

/** The streams that are open. When the service stops, each tells what it has to tell and ends; a client goes on elsewhere. */
public final class OpenStreams implements SmartLifecycle {

    private final Set<LikeStream> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean isRunning;
    private volatile boolean isStopping;

    public void add(LikeStream stream) {
        streams.add(stream);
        if (isStopping) {
            stream.stop();
        }
    }

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

    // before the web server stops, which waits for what is open
    @Override
    public int getPhase() {
        return SmartLifecycle.DEFAULT_PHASE;
    }
}
