package io.heartline.gateway.stream.fanout;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import java.util.ArrayList;
import java.util.List;

/**
 * The frames that a connection writes in one step, and what the connection does after it: read a page, or continue later. The
 * frames' bytes are limited, because a connection always writes a whole batch.
 */
final class Batch {

    private static final int MAX_BYTES = 32 * 1024;

    private final List<Frame> frames = new ArrayList<>(0);
    private final int max;
    private int bytes;
    private boolean needsPage;
    private boolean continueLater;
    private boolean caughtUp;
    private long movedTo = Position.BEFORE_FIRST;

    /** @param max the maximum number of frames */
    Batch(int max) {
        this.max = max;
    }

    void add(Frame frame) {
        frames.add(frame);
        bytes += frame.jsonLength();
    }

    /** Marks that the next records have left the ring, so that the connection has to read a page. */
    void requirePage() {
        needsPage = true;
    }

    boolean needsPage() {
        return needsPage;
    }

    /** Marks that there are more entries to read, although there is no frame to send yet. */
    void continueLater() {
        continueLater = true;
    }

    /** Marks that with this batch the client has everything that it missed. */
    void markCaughtUp() {
        caughtUp = true;
    }

    /** Marks that the client has been sent everything up to an offset after the last frame. */
    void moveTo(long offset) {
        movedTo = offset;
    }

    /** Returns whether a position without an event follows the frames. */
    boolean isMoved() {
        return movedTo != Position.BEFORE_FIRST;
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
