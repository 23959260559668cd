package io.heartline.gateway.stream;

import io.heartline.events.Position;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The point of the log at which a stream starts. At most one of the two components is set; without both, it is the present.
 *
 * @param after the last position of each partition that the client saw; an author of another partition starts at the present
 * @param since the stream starts at the first record that was logged at this time or later
 */
public record StartPoint(
        @Nullable PositionList after, @Nullable Instant since) {

    /** The present. */
    public static final StartPoint NOW = new StartPoint(null, null);

    /**
     * Returns the point after a position.
     *
     * @param position the last position that the client saw
     * @return the point
     */
    public static StartPoint after(Position position) {
        return new StartPoint(PositionList.of(position), null);
    }

    /**
     * Returns the point after a list of positions.
     *
     * @param positions the last position of each partition that the client saw
     * @return the point
     */
    public static StartPoint after(PositionList positions) {
        return new StartPoint(positions, null);
    }

    /**
     * Returns the point at a time.
     *
     * @param time the time
     * @return the point
     */
    public static StartPoint since(Instant time) {
        return new StartPoint(null, time);
    }
}
