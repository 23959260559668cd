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

/**
 * One message to a reader, encoded once however many read it, and by whatever transport: the JSON is a part of what makes a
 * server-sent event of it.
 */
public final class Frame {

    public enum Kind {
        hello,
        like,
        digest,
        position,
        /** Sent as a ping on a WebSocket, and as nothing in an event stream: a position comes with it. */
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

    public static final Frame HEARTBEAT = new Frame(Kind.heartbeat, null, 0, new byte[0], 0, 0, null);

    private final Kind kind;
    private final Position position;
    private final long loggedAt;
    private final byte[] bytes; // never written to
    private final int jsonFrom; // 0 if there is nothing but the JSON
    private final int jsonTo;
    private final DeliverySpan delivery;

    private Frame(
            Kind kind,
            Position position,
            long loggedAt,
            byte[] bytes,
            int jsonFrom,
            int jsonTo,
            DeliverySpan delivery) {
        this.kind = kind;
        this.position = position;
        this.loggedAt = loggedAt;
        this.bytes = bytes;
        this.jsonFrom = jsonFrom;
        this.jsonTo = jsonTo;
        this.delivery = delivery;
    }

    public Frame tracedBy(DeliverySpan span) {
        return new Frame(kind, position, loggedAt, bytes, jsonFrom, jsonTo, span);
    }

    /**
     * Opens a stream that starts after this position.
     *
     * @param heartbeatMillis the interval of heartbeats, which the client is told in seconds
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

    /** @param event the Kafka value, byte for byte; it must be one JSON object, since it is not looked at again */
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
     * What a reader missed, in sums.
     *
     * @param from exclusive: {@code after=<from>} pulls the details
     * @param posts the most liked, most first
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

    /** States up to where the client has been sent everything. */
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

    public Kind kind() {
        return kind;
    }

    /** What the reader has seen with this frame; null for those that are never sent. */
    public Position position() {
        return position;
    }

    /** When Kafka took the event, in milliseconds since 1970; 0 for what is not one event. */
    public long loggedAt() {
        return loggedAt;
    }

    /** In UTF-8. */
    public ByteBuf json() {
        return Unpooled.wrappedBuffer(bytes).setIndex(jsonFrom, jsonTo);
    }

    public void writeJson(ByteBuf to) {
        to.writeBytes(bytes, jsonFrom, jsonLength());
    }

    /** In bytes, with what makes a server-sent event of it, if that is one line. */
    public int length() {
        return bytes.length;
    }

    public int jsonLength() {
        return jsonTo - jsonFrom;
    }

    /** Writes the frame with its {@code id:}, {@code event:} and {@code data:}. */
    public void writeServerSentEvent(ByteBuf to) {
        if (jsonFrom == 0) {
            writeMultilineEvent(to);
        } else {
            to.writeBytes(bytes);
        }
    }

    /** A byte that ends a line is blank space in JSON; as it ends one here, too, what follows has to begin as data. */
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

    /** Null unless it is recorded. */
    public DeliverySpan delivery() {
        return delivery;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
