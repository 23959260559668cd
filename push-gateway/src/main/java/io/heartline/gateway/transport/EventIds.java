package io.heartline.gateway.transport;

import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.PositionList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ids of the events of several authors. Each is the list with the last position of each partition, so that a browser, which sends
 * only the last id, resumes every partition. Confined to the channel's event loop.
 */
final class EventIds {

    private static final int POSITION_BYTES = 32; // an epoch of 16 characters, a small partition, 12 digits and a comma

    private @Nullable PositionList last; // null before the first frame

    /**
     * Adds the positions of the first frames. They are in one batch, so even the first id has a position for each partition.
     *
     * @param batch any batch
     */
    void start(List<Frame> batch) {
        for (Frame frame : batch) {
            if (frame.kind() == Frame.Kind.hello) {
                after(frame);
            }
        }
    }

    /** Returns about how many bytes the next id has beyond one position. */
    int bytesBeyondPosition() {
        return last == null ? 0 : (last.positions().size() - 1) * POSITION_BYTES;
    }

    /**
     * Returns the positions after a frame.
     *
     * @param frame the next frame
     * @return the list; null if no frame has had a position
     */
    @Nullable
    PositionList after(Frame frame) {
        if (frame.positions() != null) {
            last = frame.positions();
        } else if (frame.position() != null) {
            last = last == null ? PositionList.of(frame.position()) : last.with(frame.position());
        }
        return last;
    }
}
