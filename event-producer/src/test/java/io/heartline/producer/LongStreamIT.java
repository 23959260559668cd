package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.events.LikeEvent;
import io.heartline.quickstart.backends.Backends;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Streams in a process of its own, which has little memory or is about to stop. */
class LongStreamIT {

    private static final String SERVERS = Backends.bootstrapServers();

    @Test
    void aMillionLines_goThroughAHeapOf128Megabytes() throws Exception {
        int count = 1_000_000;
        String lines = Bodies.lines(0, 1000);
        try (ProducerProcess producer = new ProducerProcess("128m", Backends.unique("likes"));
                StreamClient client = new StreamClient(producer.port)) {
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(client, lines, count / 1000));
            long told = 0;
            JsonNode last = null;
            for (JsonNode result = client.result(); result != null; result = client.result()) {
                last = result;
                told++;
            }

            writing.join();
            assertThat(last.toString()).isEqualTo("{\"done\":true,\"accepted\":" + count + ",\"refused\":0}");
            assertThat(told).isEqualTo(count + 1);
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
    void whenTheServiceStops_aStreamIsToldOfWhatItTook_andEndsWithoutSayingThatItIsWhole() throws Exception {
        String topic = Backends.unique("likes");
        Map<String, String> told = new HashMap<>();
        try (ProducerProcess producer = new ProducerProcess("128m", topic);
                StreamClient client = new StreamClient(producer.port)) {
            client.write(Bodies.lines(0, 100)).flush();
            for (int i = 0; i < 100; i++) {
                put(client.result(), told);
            }

            producer.terminate();
            long terminated = System.nanoTime();

            assertThatThrownBy(() -> {
                        for (int i = 0; ; i++) {
                            client.write(Bodies.lines(i, 1)).flush();
                            put(client.result(), told);
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThat(producer.isGoneWithin(Duration.ofSeconds(30))).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - terminated))
                    .as("not after the 30 s that a web server waits for what goes on")
                    .isLessThan(Duration.ofSeconds(20));
        }

        Map<String, LikeEvent> logged = new LoggedLikes(SERVERS, topic).all();
        assertThat(told).hasSizeGreaterThanOrEqualTo(100);
        told.forEach((position, id) -> assertThat(logged.get(position).id()).isEqualTo(id));
    }

    private static void put(JsonNode result, Map<String, String> told) {
        assertThat(result.path("status").intValue()).isEqualTo(202);
        told.put(result.path("position").stringValue(), result.path("eventId").stringValue());
    }
}
