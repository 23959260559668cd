package io.heartline.producer;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.SmartLifecycle;

/** The streams that are open. When the service stops, each tells what it has to tell and ends; a client goes on elsewhere. */
final class LikeStreams implements SmartLifecycle {

    private final Set<LikeStream> open = ConcurrentHashMap.newKeySet();
    private volatile boolean isRunning;
    private volatile boolean isStopping;

    void add(LikeStream stream) {
        open.add(stream);
        if (isStopping) {
            stream.stop();
        }
    }

    void remove(LikeStream stream) {
        open.remove(stream);
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
        open.forEach(LikeStream::stop);
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
