package io.heartline.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FrameTest {

    @Test
    void hello_matchesTheApprovedForm() throws Exception {
        Frame frame = Frames.hello(null, new Position("k3f9", 3, 1041), true, 20_000);

        assertThat(json(frame)).isEqualTo(approved("hello"));
        assertThat(frame.position()).hasToString("k3f9-3-1041");
    }

    @Test
    void like_holdsTheEventByteForByte() throws Exception {
        // the sender's white space after the comma is kept
        String event = "{\"id\":\"e-1\",\"type\":\"liked\", \"postId\":\"p-1\",\"authorId\":\"alice\","
                + "\"likerId\":\"bob\",\"at\":\"2026-11-24T10:00:00.123Z\"}";

        Frame frame = Frame.like(
                new Position("k3f9", 3, 1042),
                Instant.parse("2026-11-24T10:00:00.130Z"),
                event.getBytes(StandardCharsets.UTF_8));

        assertThat(json(frame)).isEqualTo(approved("like"));
        assertThat(frame.position()).hasToString("k3f9-3-1042");
    }

    @Test
    void position_matchesTheApprovedForm() throws Exception {
        assertThat(json(Frames.position(PositionList.of(new Position("k3f9", 3, 2100)))))
                .isEqualTo(approved("position"));
    }

    @Test
    void answers_matchTheApprovedForms() throws Exception {
        assertThat(json(Frames.unfollowed("alice", new Position("k3f9", 3, 2100))))
                .isEqualTo(approved("unfollowed"));
        assertThat(json(Frames.token(Instant.parse("2026-11-26T17:00:00Z")))).isEqualTo(approved("token"));
        String problem = approved("refused").replaceAll("^.*\"problem\":|}$", "");
        assertThat(json(Frames.refused("alice", problem))).isEqualTo(approved("refused"));
    }

    @Test
    void positionsOfSeveralPartitions_areOneIdAndOneText() {
        PositionList positions = PositionList.parse("k3f9-3-2100,k3f9-1-start");
        ByteBuf event = Unpooled.buffer();
        Frames.position(positions).writeServerSentEvent(event);

        assertThat(event.toString(StandardCharsets.UTF_8))
                .isEqualTo("id:k3f9-1-start,k3f9-3-2100\nevent:position\n"
                        + "data:{\"kind\":\"position\",\"position\":\"k3f9-1-start,k3f9-3-2100\"}\n\n");
    }

    @Test
    void serverSentEvent_canHaveAnotherId() {
        ByteBuf event = Unpooled.buffer();
        Frames.hello("alice", new Position("k3f9", 3, 1), true, 20_000)
                .writeServerSentEvent("k3f9-1-5,k3f9-3-1", event);

        assertThat(event.toString(StandardCharsets.UTF_8))
                .startsWith("id:k3f9-1-5,k3f9-3-1\nevent:hello\ndata:{\"kind\":\"hello\",\"author\":\"alice\",")
                .endsWith("}\n\n");
    }

    @Test
    void readingJson_doesNotConsumeTheFrame() {
        Frame frame = Frames.hello(null, new Position("k3f9", 3, 1041), true, 20_000);

        frame.json().skipBytes(10);

        assertThat(json(frame)).hasSize(frame.jsonLength()).startsWith("{");
    }

    private static String json(Frame frame) {
        return frame.json().toString(StandardCharsets.UTF_8);
    }

    private static String approved(String name) throws IOException {
        try (InputStream file = FrameTest.class.getResourceAsStream("/approved/" + name + ".json")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
