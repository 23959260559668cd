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
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Streams to a service in its own process, which has little memory or stops. */
@Order(0) // starts first, because it takes long
@Tag("slow")
class LongStreamIT {

    private static final String SERVERS = Backends.bootstrapServers();

    /** With 64 MB, the service passed although it kept 96 bytes of each line on purpose. With 40 MB, it failed. */
    @Test
    void manyLines_passThroughAHeapOf40Megabytes() throws Exception {
        int count = 300_000;
        String lines = LikeBodies.lines(0, 1000);
        try (ProducerProcess producer = new ProducerProcess("40m", Backends.unique("likes"));
                StreamClient client = new StreamClient(producer.port)) {
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(client, lines, count / 1000));
            long received = 0;
            String last = null;
            for (String result = client.line(); result != null; result = client.line()) {
                last = result;
                received++;
            }

            writing.join();
            assertThat(last).isEqualTo("{\"done\":true,\"accepted\":" + count + ",\"refused\":0}");
            assertThat(received).isEqualTo(count + 1);
            System.out.printf("%d lines; the most memory that it had: %d MB%n", count, producer.peakMegabytes());
        }
    }

    private static void write(StreamClient client, String lines, int times) {
        try {
            for (int i = 0; i < times; i++) {
                client.write(lines);
            }
            client.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
