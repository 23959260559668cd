package io.heartline.gateway;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** A socket that asks for exactly as much as a test lets it. */
final class Reader extends BaseSubscriber<Frame> {

    private final List<Frame> frames = new ArrayList<>();
    private final long atFirst;
    volatile Throwable error;

    Reader(long atFirst) {
        this.atFirst = atFirst;
    }

    static Reader unbounded() {
        return new Reader(Long.MAX_VALUE);
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        if (atFirst > 0) {
            request(atFirst);
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

    synchronized List<Frame> frames() {
        return List.copyOf(frames);
    }

    /** Kind and offset of each frame, such as {@code like 3}. */
    List<String> told() {
        return frames().stream()
                .map(frame -> frame.kind()
                        + (frame.position() == null
                                ? ""
                                : " " + frame.position().offset()))
                .toList();
    }

    String json(int frame) {
        return frames().get(frame).json().toString(StandardCharsets.UTF_8);
    }

    /** How far it was told; -2 before anything. */
    synchronized long at() {
        return frames.isEmpty() ? -2 : frames.get(frames.size() - 1).position().offset();
    }
}
