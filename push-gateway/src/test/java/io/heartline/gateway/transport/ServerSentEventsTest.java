package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.Frames;
import io.heartline.gateway.stream.PositionList;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerSentEventsTest {

    private static final Position POSITION = new Position("k3f9", 3, 7);

    @Test
    void frame_isOneEventWithPositionAsId() {
        assertThat(encode(Frames.hello(null, POSITION, true, 20_000)))
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
        assertThat(encode(Frames.position(PositionList.of(POSITION))))
                .isEqualTo("id:k3f9-3-7\nevent:position\ndata:{\"kind\":\"position\",\"position\":\"k3f9-3-7\"}\n\n");
        assertThat(encode(Frame.HEARTBEAT)).isEmpty();
    }

    @Test
    void severalAuthors_eachIdHasEveryPartition_fromTheFirstOn() {
        ServerSentEvents events = events(true);
        Frame alice = Frames.hello("alice", POSITION, true, 20_000);
        Frame bob = Frames.hello("bob", new Position("k3f9", 0, 5), false, 20_000);
        Frame like = Frame.like(new Position("k3f9", 0, 9), Instant.EPOCH, "{}".getBytes(StandardCharsets.UTF_8));
        Frame onLines = Frame.like(new Position("k3f9", 3, 8), Instant.EPOCH, "{\n}".getBytes(StandardCharsets.UTF_8));

        assertThat(encode(events, alice, bob, like))
                .containsExactly("k3f9-0-5,k3f9-3-7", "k3f9-0-5,k3f9-3-7", "k3f9-0-9,k3f9-3-7");
        assertThat(encode(events, onLines)).containsExactly("k3f9-0-9,k3f9-3-8");
        assertThat(encode(events, Frame.HEARTBEAT, Frames.position(PositionList.parse("k3f9-0-12,k3f9-3-11"))))
                .containsExactly("k3f9-0-12,k3f9-3-11");
        assertThat(encode(events, like))
                .as("a position that is older for one partition")
                .containsExactly("k3f9-0-9,k3f9-3-11");
    }

    @Test
    void severalAuthors_eventDiffersOnlyInItsId() {
        Frame frame = Frame.like(POSITION, Instant.EPOCH, "{\n\"id\":\"é\"}".getBytes(StandardCharsets.UTF_8));
        ByteBuf bytes = Unpooled.buffer();

        ServerSentEvents events = events(true);
        encode(events, Frames.hello("bob", new Position("k3f9", 0, 5), false, 20_000));
        events.encodeEvents(List.of(frame), bytes);

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .isEqualTo(encode(frame).replace("id:k3f9-3-7", "id:k3f9-0-5,k3f9-3-7"));
    }

    /** Returns the ids of the events of one batch. */
    private static List<String> encode(ServerSentEvents events, Frame... batch) {
        ByteBuf bytes = Unpooled.buffer();
        events.encodeEvents(List.of(batch), bytes);
        return bytes.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("id:"))
                .map(line -> line.substring(3))
                .toList();
    }

    private static String encode(Frame frame) {
        ByteBuf bytes = Unpooled.buffer();
        events(false).encodeEvents(List.of(frame), bytes);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static ServerSentEvents events(boolean isOfSeveralAuthors) {
        return new ServerSentEvents(sink -> {}, true, isOfSeveralAuthors, Duration.ZERO, () -> {});
    }
}
