package io.heartline.gateway.http;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.PositionList;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The positions from which the next poll resumes. A partition with frames in the response resumes after the last of them. A
 * partition whose frames did not fit resumes before the first of them. Every other partition resumes where the stream has read it,
 * because the next poll would read the same records again. Confined to one thread.
 */
final class PollPositions {

    private @Nullable PositionList sent; // null before the first frame
    private final Set<Integer> fixed = new HashSet<>(); // partitions with events in the response, or that did not fit
    private boolean hasExcluded;

    /** Adds a frame that is a part of the response, or that has no events. */
    void include(Frame frame) {
        Position position = frame.position();
        if (frame.positions() != null) {
            sent = frame.positions();
        } else if (position != null) {
            sent = sent == null ? PositionList.of(position) : sent.with(position);
            if (hasEvents(frame)) {
                fixed.add(position.partition());
            }
        }
    }

    /** Adds a frame that did not fit into the response. No frame is included after it. */
    void exclude(Frame frame) {
        if (hasEvents(frame)) {
            hasExcluded = true;
            Position position = frame.position();
            if (fixed.add(position.partition()) && frame.kind() == Frame.Kind.like) {
                // a digest has several events, so its partition resumes where the client has been before
                sent = sent.with(new Position(position.epoch(), position.partition(), position.offset() - 1));
            }
        }
    }

    private static boolean hasEvents(Frame frame) {
        return frame.kind() == Frame.Kind.like || frame.kind() == Frame.Kind.digest;
    }

    /** Returns whether no frame was added. */
    boolean isEmpty() {
        return sent == null;
    }

    /** Returns whether a frame with events did not fit. */
    boolean hasExcluded() {
        return hasExcluded;
    }

    /**
     * Returns the positions for the next poll. A frame was included before.
     *
     * @param read where the stream has read each partition; null if it is not known
     */
    PositionList next(@Nullable PositionList read) {
        PositionList next = sent;
        if (read != null) {
            for (Position position : read.positions()) {
                if (!fixed.contains(position.partition())) {
                    next = next.with(position);
                }
            }
        }
        return next;
    }
}
