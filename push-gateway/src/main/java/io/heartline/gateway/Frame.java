package io.heartline.gateway;

import io.heartline.events.EventTime;
import io.heartline.events.Position;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One message to a reader, encoded once however many read it.
 *
 * @param position what the reader has seen with this frame; null for those that are never sent
 * @param loggedAt when Kafka took the event, in milliseconds since 1970; 0 for what is not one event
 * @param json the frame in UTF-8; never written to
 * @param delivery null unless it is recorded
 */
record Frame(Kind kind, Position position, long loggedAt, byte[] json, Delivery delivery) {

    enum Kind {
        hello,
        like,
        digest,
        position,
        /** Not sent: what was missed is over, and nothing is left to tell. */
        caughtUp,
        /** Sent as the transport's own sign of life. */
        heartbeat
    }

    static final Frame HEARTBEAT = new Frame(Kind.heartbeat, null, 0, new byte[0]);

    private Frame(Kind kind, Position position, long loggedAt, byte[] json) {
        this(kind, position, loggedAt, json, null);
    }

    Frame recordedBy(Delivery recording) {
        return new Frame(kind, position, loggedAt, json, recording);
    }

    /** Opens a stream: it starts behind this position. */
    static Frame hello(Position position, boolean recovered) {
        return new Frame(
                Kind.hello,
                position,
                0,
                utf8("{\"kind\":\"hello\",\"position\":\"" + position + "\",\"recovered\":" + recovered + "}"));
    }

    /** @param event the Kafka value, byte for byte; it must be one JSON object, since it is not looked at again */
    static Frame like(Position position, Instant loggedAt, byte[] event) {
        byte[] head = utf8("{\"kind\":\"like\",\"position\":\"" + position + "\",\"loggedAt\":\""
                + EventTime.format(loggedAt) + "\",\"event\":");
        byte[] json = ByteBuffer.allocate(head.length + event.length + 1)
                .put(head)
                .put(event)
                .put((byte) '}')
                .array();
        return new Frame(Kind.like, position, loggedAt.toEpochMilli(), json);
    }

    /**
     * What a reader missed, in sums.
     *
     * @param from exclusive: {@code after=<from>} pulls the details
     * @param posts the most liked, most first
     */
    static Frame digest(
            Position from, Position position, long liked, long unliked, List<Map.Entry<String, Long>> posts) {
        String ranking = posts.stream()
                .map(post -> "{\"postId\":\"" + post.getKey() + "\",\"liked\":" + post.getValue() + "}")
                .collect(Collectors.joining(",", "[", "]"));
        return new Frame(
                Kind.digest,
                position,
                0,
                utf8("{\"kind\":\"digest\",\"from\":\"" + from + "\",\"position\":\"" + position + "\",\"liked\":"
                        + liked + ",\"unliked\":" + unliked + ",\"posts\":" + ranking + "}"));
    }

    /** The log has moved on without anything for this reader. */
    static Frame position(Position position) {
        return new Frame(Kind.position, position, 0, utf8("{\"kind\":\"position\",\"position\":\"" + position + "\"}"));
    }

    static Frame caughtUp(Position position) {
        return new Frame(Kind.caughtUp, position, 0, new byte[0]);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
