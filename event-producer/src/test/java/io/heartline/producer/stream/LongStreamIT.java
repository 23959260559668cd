package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.events.LikeEvent;
import io.heartline.producer.LikeBodies;
import io.heartline.producer.LoggedLikes;
import io.heartline.producer.ProducerProcess;
import io.heartline.producer.StreamClient;
import io.heartline.quickstart.backends.Backends;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Streams to a service in its own process, whose heap is measured and which is stopped. */
@Tag("slow")
class LongStreamIT {

    private static final String SERVERS = Backends.bootstrapServers();

    @Test
    void answeredLines_leaveNothingInTheHeap() throws Exception {
        int count = 50_000;
        try (ProducerProcess producer = new ProducerProcess("64m", Backends.unique("likes"));
                StreamClient client = new StreamClient(producer.port)) {
            sendAndReadResults(client, 10_000); // creates what the service keeps for all streams
            long before = producer.liveHeapBytes();

            sendAndReadResults(client, count);

            assertThat((producer.liveHeapBytes() - before) / (double) count)
                    .as("bytes per line")
                    .isLessThan(16);
            assertThat(client.end().line()).isEqualTo("{\"done\":true,\"accepted\":60000,\"refused\":0}");
        }
    }

    private static void sendAndReadResults(StreamClient client, int count) throws IOException {
        String lines = LikeBodies.lines(0, 1000);
        for (int sent = 0; sent < count; sent += 1000) {
            client.write(lines).flush();
            for (int i = 0; i < 1000; i++) {
                assertThat(client.line()).contains("\"status\":202");
            }
        }
    }

    @Test
    void serviceStops_sentLinesAreAnswered_andStreamEndsWithoutDone() throws Exception {
        String topic = Backends.unique("likes");
        Map<String, String> received = new HashMap<>();
        try (ProducerProcess producer = new ProducerProcess("128m", topic);
                StreamClient client = new StreamClient(producer.port)) {
            client.write(LikeBodies.lines(0, 100)).flush();
            for (int i = 0; i < 100; i++) {
                put(client.result(), received);
            }

            producer.terminate();
            long terminated = System.nanoTime();

            assertThatThrownBy(() -> {
                        for (int i = 0; ; i++) {
                            client.write(LikeBodies.lines(i, 1)).flush();
                            put(client.result(), received);
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThat(producer.hasExitedWithin(Duration.ofSeconds(30))).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - terminated))
                    .as("before the 30 s that the web server waits for open requests")
                    .isLessThan(Duration.ofSeconds(20));
        }

        Map<String, LikeEvent> logged = new LoggedLikes(SERVERS, topic).all();
        assertThat(received).hasSizeGreaterThanOrEqualTo(100);
        received.forEach((position, id) -> assertThat(logged.get(position).id()).isEqualTo(id));
    }

    private static void put(JsonNode result, Map<String, String> received) {
        assertThat(result.path("status").intValue()).isEqualTo(202);
        received.put(
                result.path("position").stringValue(), result.path("eventId").stringValue());
    }
}
