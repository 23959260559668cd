package io.heartline.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Position;
import io.heartline.gateway.RunningGateway;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.WebSocketClient;
import io.heartline.quickstart.backends.Backends;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The topic changes while the gateway runs. */
@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class TopicChangesIT {

    private static final String SOON = "heartline.gateway.topic-check=500ms";

    private final String topic = Backends.unique("likes");

    @Test
    void partitionsAdded_readingStops_withReasonInLogAndHealth(CapturedOutput log) throws Exception {
        try (TestTopic likes = new TestTopic(topic);
                RunningGateway gateway = new RunningGateway(likes, SOON);
                Admin admin = Admin.create(Map.of("bootstrap.servers", likes.bootstrapServers))) {
            WebSocketClient reader = WebSocketClient.of(gateway.url() + "/v1/authors/alice/likes");
            assertThat(reader.next()).contains("\"kind\":\"hello\"");

            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(6)))
                    .all()
                    .get();

            String frame = reader.next();
            while (frame.contains("\"kind\"")) {
                frame = reader.next();
            }
            assertThat(frame).isEqualTo(WebSocketClient.CLOSED + 1013);
            await().atMost(Duration.ofSeconds(30)).until(() -> !gateway.isReady());
            assertThat(gateway.get("/actuator/health/readiness").body()).contains("changed from 4 to 6 partitions");
            assertThat(gateway.get("/v1/authors/alice/likes").statusCode()).isEqualTo(503);
            assertThat(log.getOut()).contains(topic).contains("changed from 4 to 6 partitions");
        }
    }

    @Test
    void recreatedTopic_isAnotherLog_andOldPositionsAreNotRecovered() throws Exception {
        try (TestTopic likes = new TestTopic(topic);
                RunningGateway gateway = new RunningGateway(likes, SOON);
                Admin admin = Admin.create(Map.of("bootstrap.servers", likes.bootstrapServers))) {
            WebSocketClient reader = WebSocketClient.of(gateway.url() + "/v1/authors/alice/likes");
            assertThat(reader.next()).contains("\"kind\":\"hello\"");
            Position old = likes.sendLikes("alice", "old", 3);

            admin.deleteTopics(List.of(topic)).all().get();
            try (TestTopic again = createAgain()) {
                String frame = reader.next();
                while (frame.contains("\"kind\"")) {
                    frame = reader.next();
                }
                assertThat(frame).isEqualTo(WebSocketClient.CLOSED + 1013);
                again.sendLikes("alice", "new", 5);

                String path = "/v1/authors/alice/likes?after=";
                await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                    HttpResponse<String> answer = gateway.get(path + old);
                    assertThat(answer.statusCode()).isEqualTo(200);
                    assertThat(answer.body())
                            .contains("\"frames\":[]")
                            .contains("\"recovered\":false")
                            .contains(again.log.epoch());
                });
                assertThat(again.log.epoch()).isNotEqualTo(old.epoch());
                assertThat(gateway.get(path + new Position(again.log.epoch(), old.partition(), Position.BEFORE_FIRST))
                                .body())
                        .contains("new-4");
            }
        }
    }

    /** Creates the topic again after the broker has deleted it, which is a while after its answer. */
    private TestTopic createAgain() {
        return await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> new TestTopic(topic), created -> true);
    }
}
