package io.heartline.gateway.stream;

import io.heartline.events.EventTime;
import io.heartline.events.Position;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
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
        /** The answer to {@code unfollow}: the position up to which the client has been sent the author's events. */
        unfollowed,
        /** The answer to a {@code token} that was accepted. */
        token,
        /** The answer to a message that was refused. */
        refused,
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
    public static final Frame HEARTBEAT = new Frame(Kind.heartbeat, null, null, false, 0, new byte[0], 0, 0, null);

    private final Kind kind;
    private final @Nullable Position position;
    private final @Nullable PositionList positions;
    private final boolean recovered;
    private final long loggedAt;
    private final byte[] bytes; // never written to
    private final int jsonFrom; // 0 if the bytes are the JSON alone
    private final int jsonTo;
    private final @Nullable DeliverySpan delivery;

    private Frame(
            Kind kind,
            @Nullable Position position,
            @Nullable PositionList positions,
            boolean recovered,
            long loggedAt,
            byte[] bytes,
            int jsonFrom,
            int jsonTo,
            @Nullable DeliverySpan delivery) {
        this.kind = kind;
        this.position = position;
        this.positions = positions;
        this.recovered = recovered;
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
        return new Frame(kind, position, positions, recovered, loggedAt, bytes, jsonFrom, jsonTo, span);
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
                null,
                false,
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
     * Returns a frame with a position.
     *
     * @param kind the kind, which the text names, too
     * @param position the position, inclusive
     * @param json the text, which is one line
     * @return the frame
     */
    public static Frame of(Kind kind, Position position, String json) {
        return of(kind, position, false, json);
    }

    /** @param position null for a frame that only a WebSocket can send */
    static Frame of(Kind kind, @Nullable Position position, boolean recovered, String json) {
        byte[] id = ascii(position == null ? "" : position.toString());
        return of(kind, position, null, recovered, 0, id, position != null, json.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the frame of the kind {@code position} with the position of each partition. */
    static Frame of(PositionList positions, String json) {
        Position only =
                positions.positions().size() == 1 ? positions.positions().get(0) : null;
        return of(Kind.position, only, positions, false, 0, ascii(positions.toString()), true, ascii(json));
    }

    /** @param id the text of the position, or of several positions */
    private static Frame of(
            Kind kind,
            @Nullable Position position,
            @Nullable PositionList positions,
            boolean recovered,
            long loggedAt,
            byte[] id,
            boolean singleLine,
            byte[]... json) {
        int head = singleLine ? ID.length + id.length + kind.fields.length : 0;
        int length = 0;
        for (byte[] part : json) {
            length += part.length;
        }
        ByteBuffer bytes = ByteBuffer.allocate(head == 0 ? length : head + length + BLANK_LINE.length);
        if (head > 0) {
            bytes.put(ID).put(id).put(kind.fields);
        }
        for (byte[] part : json) {
            bytes.put(part);
        }
        if (head > 0) {
            bytes.put(BLANK_LINE);
        }
        return new Frame(kind, position, positions, recovered, loggedAt, bytes.array(), head, head + length, null);
    }

    private static boolean isSingleLine(byte[] json) {
        for (byte b : json) {
            if (b == '\n' || b == '\r') {
                return false;
            }
        }
        return true;
    }

    /** {@return the frame's kind} */
    public Kind kind() {
        return kind;
    }

    /**
     * Returns the position up to which the client has been sent everything of one partition with this frame.
     *
     * @return the position, inclusive; null for a frame without a position, or with those of several partitions
     */
    public @Nullable Position position() {
        return position;
    }

    /** {@return the positions of all partitions of a connection; null unless the frame states them} */
    public @Nullable PositionList positions() {
        return positions;
    }

    /** {@return whether the author's events start where the client asked; false for a frame that is no {@code hello}} */
    public boolean recovered() {
        return recovered;
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

    /** {@return the size of the JSON in bytes; 0 for {@link #HEARTBEAT}} */
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
            writeServerSentEvent(position.toString(), to);
        } else {
            to.writeBytes(bytes);
        }
    }

    /**
     * Writes the frame as a server-sent event with another id than its position. In JSON a line end is white space. In an event stream
     * it ends a field, so each line begins with {@code data:}.
     *
     * @param id the id in ASCII
     * @param to receives a copy of the bytes
     */
    public void writeServerSentEvent(CharSequence id, ByteBuf to) {
        to.writeBytes(ID);
        to.writeCharSequence(id, StandardCharsets.US_ASCII);
        to.writeBytes(kind.fields);
        if (jsonFrom > 0) {
            to.writeBytes(bytes, jsonFrom, bytes.length - jsonFrom);
            return;
        }
        for (byte b : bytes) {
            if (b == '\n' || b == '\r') {
                to.writeCharSequence(DATA, StandardCharsets.US_ASCII);
            } else {
                to.writeByte(b);
            }
        }
        to.writeBytes(BLANK_LINE);
    }

    /** {@return the span of the delivery; null if the delivery is not traced} */
    public @Nullable DeliverySpan delivery() {
        return delivery;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
