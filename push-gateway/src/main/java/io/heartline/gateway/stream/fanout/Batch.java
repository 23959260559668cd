package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.Frame;
import java.util.ArrayList;
import java.util.List;

/** The frames that a connection sends in one go. Their bytes are bounded, because a batch that was begun is sent whole. */
final class Batch {

    private static final int MAX_BYTES = 32 * 1024;

    private final List<Frame> frames = new ArrayList<>(0);
    private final int max;
    private int bytes;
    private boolean needsPage;
    private boolean continueLater;
    private boolean caughtUp;

    /** @param max frames */
    Batch(int max) {
        this.max = max;
    }

    void add(Frame frame) {
        frames.add(frame);
        bytes += frame.jsonLength();
    }

    /** The records that follow have left the ring; the connection has to read them from Kafka. */
    void requirePage() {
        needsPage = true;
    }

    boolean needsPage() {
        return needsPage;
    }

    /** There is more to read, although there is no more to send yet. */
    void continueLater() {
        continueLater = true;
    }

    /** With this batch the client has everything that it missed. */
    void markCaughtUp() {
        caughtUp = true;
    }

    boolean isCaughtUp() {
        return caughtUp;
    }

    boolean isFull() {
        return frames.size() >= max || bytes >= MAX_BYTES;
    }

    boolean isContinuedLater() {
        return continueLater;
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    /** Returns the offset of the last frame, or a default if there is no frame. */
    long lastOffset(long defaultOffset) {
        return frames.isEmpty()
                ? defaultOffset
                : frames.get(frames.size() - 1).position().offset();
    }

    List<Frame> frames() {
        return frames;
    }
}
