package io.heartline.gateway.stream;

import io.heartline.events.EventTime;
import io.heartline.events.Position;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One message to clients. It is encoded once for all clients and both transports, because the server-sent event contains the JSON.
 * Immutable.
 */
public final class Frame {

    /** The kind of a frame, by the name that clients receive. */
    public enum Kind {
        /** The first frame of a stream: where it starts, and the interval of heartbeats. */
        hello,
        /** One event: a person liked or unliked a post. */
        like,
        /** The sums of consecutive events. */
        digest,
        /** The position up to which the client has been sent everything. */
        position,
        /** A ping on a WebSocket, and no bytes in an event stream. A position is sent with it. */
        heartbeat;

        // calls nothing of Frame, whose constants need this enum to be complete
        private final byte[] fields = ("\nevent:" + name() + DATA).getBytes(StandardCharsets.US_ASCII);
    }

    private static final String DATA = "\ndata:";
    private static final byte[] ID = ascii("id:");
    private static final byte[] BLANK_LINE = ascii("\n\n");
    private static final byte[] LIKE = ascii("{\"kind\":\"like\",\"position\":\"");
    private static final byte[] LOGGED_AT = ascii("\",\"loggedAt\":\"");
    private static final byte[] EVENT = ascii("\",\"event\":");
    private static final byte[] END = ascii("}");

    /** The heartbeat. It has neither a position nor JSON. */
    public static final Frame HEARTBEAT = new Frame(Kind.heartbeat, null, 0, new byte[0], 0, 0, null);

    private final Kind kind;
    private final @Nullable Position position;
    private final long loggedAt;
    private final byte[] bytes; // never written to
    private final int jsonFrom; // 0 if the bytes are the JSON alone
    private final int jsonTo;
    private final @Nullable DeliverySpan delivery;

    private Frame(
            Kind kind,
            @Nullable Position position,
            long loggedAt,
            byte[] bytes,
            int jsonFrom,
            int jsonTo,
            @Nullable DeliverySpan delivery) {
        this.kind = kind;
        this.position = position;
        this.loggedAt = loggedAt;
        this.bytes = bytes;
        this.jsonFrom = jsonFrom;
        this.jsonTo = jsonTo;
        this.delivery = delivery;
    }

    /**
     * Returns the same frame with the span of its delivery.
     *
     * @param span ends when the frame was flushed to a client
     * @return a frame that shares the bytes of this one
     */
    public Frame tracedBy(DeliverySpan span) {
        return new Frame(kind, position, loggedAt, bytes, jsonFrom, jsonTo, span);
    }

    /**
     * Returns the first frame of a stream.
     *
     * @param position the stream starts after it
     * @param recovered whether the stream starts where the client's last one ended
     * @param heartbeatMillis the interval of heartbeats in milliseconds; the frame has it in seconds
     * @return the frame
     */
    public static Frame hello(Position position, boolean recovered, long heartbeatMillis) {
        String seconds =
                BigDecimal.valueOf(heartbeatMillis, 3).stripTrailingZeros().toPlainString();
        return of(
                Kind.hello,
                position,
                "{\"kind\":\"hello\",\"position\":\"" + position + "\",\"recovered\":" + recovered + ",\"heartbeat\":"
                        + seconds + "}");
    }

    /**
     * Returns the frame of one event.
     *
     * @param position the event's position
     * @param loggedAt when Kafka took the event
     * @param event the record's value, which the frame contains byte for byte; the caller has checked that it is one JSON object
     * @return the frame
     */
    public static Frame like(Position position, Instant loggedAt, byte[] event) {
        byte[] positionText = ascii(position.toString());
        byte[] time = ascii(EventTime.format(loggedAt));
        return of(
                Kind.like,
                position,
                loggedAt.toEpochMilli(),
                positionText,
                isSingleLine(event),
                LIKE,
                positionText,
                LOGGED_AT,
                time,
                EVENT,
                event,
                END);
    }

    /**
     * Returns the frame of a digest.
     *
     * @param from the position before the first event, exclusive: {@code after=<from>} pulls each event
     * @param position the position of the last event, inclusive
     * @param liked the number of events by which a person liked a post
     * @param unliked the number of events by which a person unliked a post
     * @param posts the most liked posts with their number of likes, in descending order
     * @return the frame
     */
    public static Frame digest(
            Position from, Position position, long liked, long unliked, List<Map.Entry<String, Long>> posts) {
        String ranking = posts.stream()
                .map(post -> "{\"postId\":\"" + post.getKey() + "\",\"liked\":" + post.getValue() + "}")
                .collect(Collectors.joining(",", "[", "]"));
        return of(
                Kind.digest,
                position,
                "{\"kind\":\"digest\",\"from\":\"" + from + "\",\"position\":\"" + position + "\",\"liked\":" + liked
                        + ",\"unliked\":" + unliked + ",\"posts\":" + ranking + "}");
    }

    /**
     * Returns a frame that states up to where the client has been sent everything.
     *
     * @param position the position, inclusive
     * @return the frame
     */
    public static Frame position(Position position) {
        return of(Kind.position, position, "{\"kind\":\"position\",\"position\":\"" + position + "\"}");
    }

    private static Frame of(Kind kind, Position position, String json) {
        return of(kind, position, 0, ascii(position.toString()), true, json.getBytes(StandardCharsets.UTF_8));
    }

    /** @param positionText the position's text */
    private static Frame of(
            Kind kind, Position position, long loggedAt, byte[] positionText, boolean singleLine, byte[]... json) {
        int head = singleLine ? ID.length + positionText.length + kind.fields.length : 0;
        int length = 0;
        for (byte[] part : json) {
            length += part.length;
        }
        ByteBuffer bytes = ByteBuffer.allocate(head == 0 ? length : head + length + BLANK_LINE.length);
        if (head > 0) {
            bytes.put(ID).put(positionText).put(kind.fields);
        }
        for (byte[] part : json) {
            bytes.put(part);
        }
        if (head > 0) {
            bytes.put(BLANK_LINE);
        }
        return new Frame(kind, position, loggedAt, bytes.array(), head, head + length, null);
    }

    private static boolean isSingleLine(byte[] json) {
        for (byte b : json) {
            if (b == '\n' || b == '\r') {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the frame's kind.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * Returns the position up to which the client has been sent everything with this frame.
     *
     * @return the position, inclusive; null for {@link #HEARTBEAT}
     */
    public @Nullable Position position() {
        return position;
    }

    /**
     * Returns when Kafka took the event.
     *
     * @return milliseconds since 1970; 0 if the frame is not of the kind {@code like}
     */
    public long loggedAt() {
        return loggedAt;
    }

    /**
     * Returns the JSON.
     *
     * @return UTF-8 text, in a new buffer that shares the frame's bytes; the caller must not write to it
     */
    public ByteBuf json() {
        return Unpooled.wrappedBuffer(bytes).setIndex(jsonFrom, jsonTo);
    }

    /**
     * Writes the JSON.
     *
     * @param to receives a copy of the bytes
     */
    public void writeJson(ByteBuf to) {
        to.writeBytes(bytes, jsonFrom, jsonLength());
    }

    /**
     * Returns the frame's size in memory.
     *
     * @return bytes of the whole server-sent event if the JSON is one line, otherwise bytes of the JSON
     */
    public int length() {
        return bytes.length;
    }

    /**
     * Returns the size of the JSON.
     *
     * @return bytes; 0 for {@link #HEARTBEAT}
     */
    public int jsonLength() {
        return jsonTo - jsonFrom;
    }

    /**
     * Writes the frame as a server-sent event with {@code id:}, {@code event:} and {@code data:}.
     *
     * @param to receives a copy of the bytes
     */
    public void writeServerSentEvent(ByteBuf to) {
        if (jsonFrom == 0) {
            writeMultilineEvent(to);
        } else {
            to.writeBytes(bytes);
        }
    }

    /**
     * Writes an event whose JSON has several lines. In JSON a line end is white space. In an event stream it ends a field, so each
     * line begins with {@code data:}.
     */
    private void writeMultilineEvent(ByteBuf to) {
        to.writeBytes(ID).writeBytes(ascii(position.toString())).writeBytes(kind.fields);
        for (byte b : bytes) {
            if (b == '\n' || b == '\r') {
                to.writeCharSequence(DATA, StandardCharsets.US_ASCII);
            } else {
                to.writeByte(b);
            }
        }
        to.writeBytes(BLANK_LINE);
    }

    /**
     * Returns the span of the delivery.
     *
     * @return the span; null if the delivery is not traced
     */
    public @Nullable DeliverySpan delivery() {
        return delivery;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
