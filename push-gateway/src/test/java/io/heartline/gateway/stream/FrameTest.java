package io.heartline.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrameTest {

    @Test
    void hello_matchesTheApprovedForm() throws Exception {
        Frame frame = Frame.hello(new Position("k3f9", 3, 1041), true, 20_000);

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
    void digest_matchesTheApprovedForm() throws Exception {
        Frame frame = Frame.digest(
                new Position("k3f9", 3, 1042),
                new Position("k3f9", 3, 2042),
                990,
                10,
                List.of(Map.entry("p-1", 700L), Map.entry("p-2", 290L)));

        assertThat(json(frame)).isEqualTo(approved("digest"));
        assertThat(frame.position()).hasToString("k3f9-3-2042");
    }

    @Test
    void position_matchesTheApprovedForm() throws Exception {
        assertThat(json(Frame.position(new Position("k3f9", 3, 2100)))).isEqualTo(approved("position"));
    }

    @Test
    void readingJson_doesNotConsumeTheFrame() {
        Frame frame = Frame.hello(new Position("k3f9", 3, 1041), true, 20_000);

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
