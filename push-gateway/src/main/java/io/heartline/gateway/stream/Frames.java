package io.heartline.gateway.stream;

import io.heartline.events.Position;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A factory of the frames that contain no events. Identifiers are written as they are, because their characters need no escape. */
public final class Frames {

    private Frames() {}

    /**
     * Returns the first frame of an author.
     *
     * @param author the author; null on the resource of one author
     * @param position the author's events after it follow
     * @param recovered whether the author's events start where the client asked
     * @param heartbeatMillis the interval of heartbeats in milliseconds; the frame has it in seconds
     * @return the frame
     */
    public static Frame hello(@Nullable String author, Position position, boolean recovered, long heartbeatMillis) {
        String seconds =
                BigDecimal.valueOf(heartbeatMillis, 3).stripTrailingZeros().toPlainString();
        return Frame.of(
                Frame.Kind.hello,
                position,
                recovered,
                open("hello", author) + ",\"position\":\"" + position + "\",\"recovered\":" + recovered
                        + ",\"heartbeat\":" + seconds + "}");
    }

    /**
     * Returns a frame that states up to where the client has been sent everything.
     *
     * @param positions the position of each partition of the connection, inclusive
     * @return the frame
     */
    public static Frame position(PositionList positions) {
        return Frame.of(positions, "{\"kind\":\"position\",\"position\":\"" + positions + "\"}");
    }

    /**
     * Returns a frame which states that an author has joined the cursor of its partition.
     *
     * @param author the author, which was followed by a message
     * @param position the position of the cursor
     * @return the frame
     */
    public static Frame joined(String author, Position position) {
        return Frame.of(
                Frame.Kind.position, position, open("position", author) + ",\"position\":\"" + position + "\"}");
    }

    /**
     * Returns the answer to {@code unfollow}.
     *
     * @param author the author, of which no frame follows
     * @param position up to which the client was sent the author's events, inclusive
     * @return the frame
     */
    public static Frame unfollowed(String author, Position position) {
        return Frame.of(
                Frame.Kind.unfollowed, position, open("unfollowed", author) + ",\"position\":\"" + position + "\"}");
    }

    /**
     * Returns the answer to a {@code token} that was accepted.
     *
     * @param expires when the token expires; null if it does not expire
     * @return the frame
     */
    public static Frame token(@Nullable Instant expires) {
        return Frame.of(
                Frame.Kind.token,
                null,
                false,
                "{\"kind\":\"token\",\"expires\":" + (expires == null ? "null" : "\"" + expires + "\"") + "}");
    }

    /**
     * Returns the answer to a message that was refused.
     *
     * @param author the author of the message, if it has a valid one, otherwise null
     * @param problemJson the problem detail of RFC 9457 as JSON in one line
     * @return the frame
     */
    public static Frame refused(@Nullable String author, String problemJson) {
        return Frame.of(Frame.Kind.refused, null, false, open("refused", author) + ",\"problem\":" + problemJson + "}");
    }

    private static String open(String kind, @Nullable String author) {
        return "{\"kind\":\"" + kind + "\"" + (author == null ? "" : ",\"author\":\"" + author + "\"");
    }
}
