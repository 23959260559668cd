package io.heartline.gateway;

import java.util.ArrayList;
import java.util.List;

/** Frames for one connection at one go: some, and not too many bytes, since once begun they all go. */
final class Batch {

    private static final int MOST_BYTES = 32 * 1024;

    private final List<Frame> frames = new ArrayList<>(0);
    private final int most;
    private int bytes;
    private boolean needsPage;

    /** @param most frames */
    Batch(int most) {
        this.most = most;
    }

    void add(Frame frame) {
        frames.add(frame);
        bytes += frame.jsonLength();
    }

    /** What comes behind these frames has left the ring and is to be read from the log again. */
    void endsBeforeAPage() {
        needsPage = true;
    }

    boolean needsPage() {
        return needsPage;
    }

    /** If neither this nor {@link #needsPage}, these are all that there are for now. */
    boolean isFull() {
        return frames.size() >= most || bytes >= MOST_BYTES;
    }

    List<Frame> frames() {
        return frames;
    }
}
