package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ServerSentEventsTest {

    private static final Position POSITION = new Position("k3f9", 3, 7);

    @Test
    void frame_isOneEventWithPositionAsId() {
        assertThat(encode(Frame.hello(POSITION, true, 20_000)))
                .isEqualTo("id:k3f9-3-7\nevent:hello\ndata:"
                        + "{\"kind\":\"hello\",\"position\":\"k3f9-3-7\",\"recovered\":true,\"heartbeat\":20}\n\n");
    }

    @Test
    void like_hasSameJsonAsOnWebSocket() {
        Frame frame = Frame.like(POSITION, Instant.EPOCH, "{\"id\":\"é\"}".getBytes(StandardCharsets.UTF_8));

        assertThat(encode(frame))
                .isEqualTo("id:k3f9-3-7\nevent:like\ndata:" + frame.json().toString(StandardCharsets.UTF_8) + "\n\n")
                .contains("\"event\":{\"id\":\"é\"}}");
    }

    @Test
    void lineBreakInJsonWhitespace_doesNotEndData() {
        byte[] event = "{\r\n\"id\":\"e-1\"\n}".getBytes(StandardCharsets.UTF_8);

        assertThat(encode(Frame.like(POSITION, Instant.EPOCH, event)))
                .startsWith("id:k3f9-3-7\nevent:like\ndata:{\"kind\":\"like\",")
                .endsWith("\"event\":{\ndata:\ndata:\"id\":\"e-1\"\ndata:}}\n\n");
    }

    @Test
    void position_isAnEvent_andHeartbeatWritesNothing() {
        assertThat(encode(Frame.position(POSITION)))
                .isEqualTo("id:k3f9-3-7\nevent:position\ndata:{\"kind\":\"position\",\"position\":\"k3f9-3-7\"}\n\n");
        assertThat(encode(Frame.HEARTBEAT)).isEmpty();
    }

    private static String encode(Frame frame) {
        ByteBuf bytes = Unpooled.buffer();
        new ServerSentEvents().encode(frame, bytes);
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
