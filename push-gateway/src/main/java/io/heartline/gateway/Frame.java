package io.heartline.gateway;

import io.heartline.events.EventTime;
import io.heartline.events.Position;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * One message to a reader, encoded once however many read it.
 *
 * @param position what the reader has seen with this frame
 * @param json the frame in UTF-8; never written to
 */
record Frame(Kind kind, String position, byte[] json) {

    enum Kind {
        hello,
        like
    }

    /** Opens a stream: it starts behind this position. */
    static Frame hello(Position position, boolean recovered) {
        return new Frame(
                Kind.hello,
                position.toString(),
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
        return new Frame(Kind.like, position.toString(), json);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
