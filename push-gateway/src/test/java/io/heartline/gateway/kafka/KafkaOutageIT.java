package io.heartline.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Position;
import io.heartline.gateway.RunningGateway;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.WebSocketClient;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessKafka;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka stops and starts again while clients are connected to a gateway. */
class KafkaOutageIT {

    private static final String AUTHOR = "alice";

    @Test
    void kafkaDown_clientsStay_ringServesResumes_andOlderPositionsAreRefusedUntilItIsBack(@TempDir Path folder)
            throws Exception {
        int[] ports = FreePorts.find(2);
        InProcessKafka kafka = InProcessKafka.start(folder, ports[0], ports[1]);
        try (TestTopic likes = new TestTopic("likes", kafka.bootstrapServers());
                RunningGateway gateway = new RunningGateway(
                        likes, "heartline.gateway.ring.size=40KB", "heartline.gateway.replay.timeout=1s")) {
            String path = "/v1/authors/" + AUTHOR + "/likes";
            WebSocketClient reader = WebSocketClient.of(gateway.url() + path);
            String start =
                    new Position(likes.log.epoch(), likes.log.partitionOf(AUTHOR), Position.BEFORE_FIRST).toString();
            assertThat(reader.next()).contains("\"kind\":\"hello\"");
            Position last = likes.sendLikes(AUTHOR, "before", 300);
            Position recent = new Position(last.epoch(), last.partition(), last.offset() - 10);
            for (int i = 0; i < 300; i++) {
                assertThat(reader.next()).contains("\"id\":\"before-" + i + "\"");
            }

            kafka.close();

            assertThat(gateway.isReady()).isTrue();
            HttpResponse<String> fromMemory = gateway.get(path + "?after=" + recent);
            assertThat(fromMemory.statusCode()).isEqualTo(200);
            assertThat(fromMemory.body()).contains("\"recovered\":true").contains("before-299");
            HttpResponse<String> beyond = gateway.get(path + "?after=" + start);
            assertThat(beyond.statusCode()).isEqualTo(503);
            assertThat(beyond.headers().firstValue("Retry-After")).isPresent();
            WebSocketClient resuming = WebSocketClient.of(gateway.url() + path + "?after=" + start);
            assertThat(resuming.next()).isEqualTo(WebSocketClient.CLOSED + 1013);

            kafka = InProcessKafka.start(folder, ports[0], ports[1]);
            likes.send(AUTHOR, TestTopic.like("after", AUTHOR));

            assertThat(reader.next()).contains("\"id\":\"after\"");
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                HttpResponse<String> again = gateway.get(path + "?after=" + start);
                assertThat(again.statusCode()).isEqualTo(200);
                assertThat(again.body()).contains("\"recovered\":true").contains("before-0\"");
            });
            reader.socket.abort();
        } finally {
            kafka.close();
        }
    }
}
