package io.heartline.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.gateway.GatewayProcess;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.WebSocketClient;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessKafka;
import io.heartline.quickstart.backends.InProcessKafka.Node;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two tails read a topic on two brokers. The second tail meets an undecodable batch in partition 1 while partition 3 has no leader. So
 * it can neither find out which partition has the batch, nor start again.
 */
@Tag("slow")
@EnabledOnOs({OS.LINUX, OS.MAC}) // a stopped process reads no record before it is damaged
class FailingTailIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    /** A restarted broker is registered after the session of the stopped one has expired, by default after 9 s. */
    private static final Map<String, String> SESSIONS =
            Map.of("broker.session.timeout.ms", "4000", "broker.heartbeat.interval.ms", "500");

    private final String cluster = Uuid.randomUuid().toString();

    @TempDir
    Path folder;

    private Node firstNode;
    private Node secondNode;
    private InProcessKafka first;
    private InProcessKafka second;
    private TestTopic likes;

    @BeforeEach
    void start() throws Exception {
        int[] ports = FreePorts.find(3);
        firstNode = new Node(1, ports[0], ports[1]);
        secondNode = new Node(2, ports[2], 0);
        first = start(firstNode);
        second = start(secondNode);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", first.bootstrapServers()))) {
            await().atMost(SOON)
                    .until(() -> admin.describeCluster().nodes().get().size() == 2);
        }
        likes = TestTopic.createOn("likes", first.bootstrapServers(), List.of(1, 1, 1, 2));
    }

    private InProcessKafka start(Node node) {
        return InProcessKafka.start(folder.resolve("kafka-" + node.id()), cluster, node, List.of(firstNode), SESSIONS);
    }

    @AfterEach
    void stop() {
        likes.close();
        second.close();
        first.close();
    }

    @Test
    void failingTail_refusesItsPartitions_othersReceiveEveryLike_untilItReadsAgain() throws Exception {
        String damaged = likes.author(1);
        String leaderless = likes.author(3);
        List<String> others = List.of(likes.author(0), likes.author(2));
        try (GatewayProcess gateway = new GatewayProcess("-Xmx128m", likes, "heartline.gateway.tails=2")) {
            WebSocketClient ofDamaged = open(gateway, damaged);
            WebSocketClient ofLeaderless = open(gateway, leaderless);
            List<WebSocketClient> ofOthers = List.of(open(gateway, others.get(0)), open(gateway, others.get(1)));
            gateway.signal("STOP");
            likes.sendLikes(damaged, "before", 1); // answers the fetch in progress
            likes.sendLikes(damaged, "broken", 1);
            likes.sendLikes(damaged, "later", 3);
            damage("broken-0");
            second.close();
            gateway.signal("CONT");

            assertThat(ofDamaged.next()).contains("\"id\":\"before-0\"");
            assertThat(ofDamaged.next()).isEqualTo(WebSocketClient.CLOSED + 1013);
            assertThat(ofLeaderless.next()).isEqualTo(WebSocketClient.CLOSED + 1013);
            await().atMost(SOON)
                    .until(() -> gateway.log().contains("cannot read partitions [1, 3] of the topic, retrying"));
            assertThat(gateway.get(path(damaged)).statusCode()).isEqualTo(503);
            assertThat(gateway.get(path(leaderless)).statusCode()).isEqualTo(503);
            assertThat(gateway.metric("heartline_gateway_partitions", "")).isEqualTo(2);
            assertThat(gateway.isReady()).isTrue();
            assertThat(gateway.get("/actuator/health/readiness").body()).contains("\"suspended\":[1,3]");
            for (int i = 0; i < 2; i++) {
                String author = others.get(i);
                likes.send(author, TestTopic.like("now-" + i, author));
                assertThat(ofOthers.get(i).next()).contains("\"id\":\"now-" + i + "\"");
            }

            second = start(secondNode);

            await().atMost(SOON).untilAsserted(() -> {
                assertThat(gateway.get(path(damaged)).statusCode()).isEqualTo(200);
                assertThat(gateway.get(path(leaderless)).statusCode()).isEqualTo(200);
            });
            assertThat(gateway.metric("heartline_gateway_partitions", "")).isEqualTo(4);
            assertThat(gateway.get("/actuator/health/readiness").body()).doesNotContain("suspended");
            for (int i = 0; i < 2; i++) {
                String author = others.get(i);
                likes.send(author, TestTopic.like("later-" + i, author));
                assertThat(ofOthers.get(i).next()).contains("\"id\":\"later-" + i + "\"");
                ofOthers.get(i).socket.abort();
            }
        }
    }

    private static WebSocketClient open(GatewayProcess gateway, String author) throws Exception {
        WebSocketClient client = WebSocketClient.of(gateway.url() + path(author));
        assertThat(client.next()).contains("hello");
        return client;
    }

    private static String path(String author) {
        return "/v1/authors/" + author + "/likes";
    }

    /** Changes a byte of the event with an id in the broker's file of partition 1. */
    private void damage(String id) throws IOException {
        Path segment = folder.resolve("kafka-1").resolve("likes-1").resolve("00000000000000000000.log");
        int found = new String(Files.readAllBytes(segment), StandardCharsets.ISO_8859_1).indexOf('"' + id + '"');
        assertThat(found).isPositive();
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(found + 1);
            file.write('B');
        }
    }
}
