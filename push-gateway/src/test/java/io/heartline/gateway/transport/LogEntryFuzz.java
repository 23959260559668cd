package io.heartline.gateway.transport;

import static io.heartline.events.FuzzTestBase.require;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.NotALikeEventException;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.LogEntry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A record is an event for the gateway if and only if it is one for the batch. The gateway sends it as one whole frame. On a
 * WebSocket the frame is JSON. In a server-sent event, the frame has lines that a browser joins to the same JSON.
 */
public final class LogEntryFuzz {

    private static final JsonMapper FRAMES = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(10_000)
                            .maxNumberLength(1_000_000)
                            .build())
                    .build())
            .build();

    private LogEntryFuzz() {}

    /**
     * Reads a record of the topic.
     *
     * @param input the length of the key, the key, and the value
     */
    public static void fuzzerTestOneInput(byte[] input) {
        int length = input.length == 0 ? 0 : Math.min(input[0] & 0xff, input.length - 1);
        byte[] key = input.length == 0 ? null : Arrays.copyOfRange(input, 1, 1 + length);
        byte[] value = input.length == 0 ? null : Arrays.copyOfRange(input, 1 + length, input.length);
        LikeEvent expected = read(key, value);
        if (key == null) {
            require(expected == null, "a record without a key is no event");
            return;
        }
        LogEntry entry = new LogEntry(LogEntry.keyAsText(key), 1042, 0, value);
        require(entry.decode("k3f9", 3) == (expected != null), "the gateway and the batch agree");
        require(entry.decode("k3f9", 3) == (expected != null), "a second decode has the same result");
        if (expected != null) {
            require(entry.liked() == expected instanceof Liked, "the kind is the event's");
            require(entry.postId().equals(expected.postId()), "the post is the event's");
            requireWhole(entry.frame(), value);
        }
    }

    private static LikeEvent read(byte[] key, byte[] value) {
        try {
            return LikeEventJson.decode(key, value);
        } catch (NotALikeEventException e) {
            return null;
        }
    }

    private static void requireWhole(Frame frame, byte[] value) {
        String json = frame.json().toString(StandardCharsets.UTF_8);
        JsonNode message = FRAMES.readTree(json);
        require(message.path("position").stringValue().equals("k3f9-3-1042"), "the position is the record's");
        require(message.path("event").equals(FRAMES.readTree(value)), "the frame contains the event");
        require(json.endsWith(new String(value, StandardCharsets.UTF_8) + "}"), "the event has the same bytes");

        ByteBuf event = Unpooled.buffer();
        new ServerSentEvents(sink -> {}, true, false, Duration.ZERO, () -> {}).encodeEvents(List.of(frame), event);
        String[] lines = event.toString(StandardCharsets.UTF_8).split("\r\n|\r|\n", -1);
        require(lines[0].equals("id:k3f9-3-1042") && lines[1].equals("event:like"), "the id is the position");
        require(
                lines[lines.length - 1].isEmpty() && lines[lines.length - 2].isEmpty(),
                "the event ends with an empty line");
        String[] data = Arrays.copyOfRange(lines, 2, lines.length - 2);
        require(Arrays.stream(data).allMatch(line -> line.startsWith("data:")), "the other lines are data");
        String joined = Arrays.stream(data).map(line -> line.substring(5)).collect(Collectors.joining("\n"));
        require(FRAMES.readTree(joined).equals(message), "the joined data is the message");
    }
}
