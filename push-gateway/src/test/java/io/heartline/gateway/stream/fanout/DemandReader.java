package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.Frame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** A socket that asks for exactly as much as a test lets it. */
public final class DemandReader extends BaseSubscriber<Frame> {

    private final List<Frame> frames = new ArrayList<>();
    private final long initialDemand;
    public volatile Throwable error;

    DemandReader(long initialDemand) {
        this.initialDemand = initialDemand;
    }

    public static DemandReader unbounded() {
        return new DemandReader(Long.MAX_VALUE);
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        if (initialDemand > 0) {
            request(initialDemand);
        }
    }

    @Override
    protected synchronized void hookOnNext(Frame frame) {
        frames.add(frame);
    }

    @Override
    protected void hookOnError(Throwable throwable) {
        error = throwable;
    }

    public synchronized List<Frame> frames() {
        return List.copyOf(frames);
    }

    /** Kind and offset of each frame, such as {@code like 3}. */
    public List<String> received() {
        return frames().stream()
                .map(frame -> frame.kind()
                        + (frame.position() == null
                                ? ""
                                : " " + frame.position().offset()))
                .toList();
    }

    public String json(int frame) {
        return frames().get(frame).json().toString(StandardCharsets.UTF_8);
    }

    /** How far it was told; -2 before anything. */
    public synchronized long lastOffset() {
        return frames.isEmpty() ? -2 : frames.get(frames.size() - 1).position().offset();
    }
}
