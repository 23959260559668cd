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
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A record is an event for the gateway if it is one for the batch, and goes out as one whole frame: over a WebSocket as
 * JSON, as a server-sent event in lines that a browser puts together to the same JSON.
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
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("likes", 3, 1042, key, value);
        LikeEvent expected = read(key, value);
        String author = LogEntry.author(record);
        if (author == null) {
            require(expected == null, "what has no key is no event");
            return;
        }
        LogEntry entry = new LogEntry(author, record);
        require(entry.decode("k3f9", 3) == (expected != null), "the gateway and the batch read the same");
        require(entry.decode("k3f9", 3) == (expected != null), "asked twice, it says the same");
        if (expected != null) {
            require(entry.liked() == expected instanceof Liked, "it is a like or it is none");
            require(entry.postId().equals(expected.postId()), "it is of the post that it says");
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
        JsonNode told = FRAMES.readTree(json);
        require(told.path("position").stringValue().equals("k3f9-3-1042"), "it says where it stands");
        require(told.path("event").equals(FRAMES.readTree(value)), "it has the event");
        require(json.endsWith(new String(value, StandardCharsets.UTF_8) + "}"), "it has it byte for byte");

        ByteBuf event = Unpooled.buffer();
        new ServerSentEvents().encode(frame, event);
        String[] lines = event.toString(StandardCharsets.UTF_8).split("\r\n|\r|\n", -1);
        require(lines[0].equals("id:k3f9-3-1042") && lines[1].equals("event:like"), "it has its position for an id");
        require(lines[lines.length - 1].isEmpty() && lines[lines.length - 2].isEmpty(), "it ends");
        String[] data = Arrays.copyOfRange(lines, 2, lines.length - 2);
        require(Arrays.stream(data).allMatch(line -> line.startsWith("data:")), "all of it is data");
        String together = Arrays.stream(data).map(line -> line.substring(5)).collect(Collectors.joining("\n"));
        require(FRAMES.readTree(together).equals(told), "put together, it is the same");
    }
}
