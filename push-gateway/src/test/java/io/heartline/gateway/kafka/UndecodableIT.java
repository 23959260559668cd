package io.heartline.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Position;
import io.heartline.gateway.GatewayProcess;
import io.heartline.gateway.RunningGateway;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.WebSocketClient;
import io.heartline.quickstart.backends.InProcessKafka;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Reads a topic after a byte of a batch has changed on the broker's disk. */
@Tag("slow")
class UndecodableIT {

    @TempDir
    Path folder;

    private InProcessKafka kafka;
    private TestTopic likes;
    private String damaged;
    private String other;

    @BeforeEach
    void start() throws Exception {
        kafka = InProcessKafka.start(folder);
        likes = new TestTopic("likes", kafka.bootstrapServers());
        damaged = likes.author(0);
        other = likes.author(1);
    }

    @AfterEach
    void stop() {
        likes.close();
        kafka.close();
    }

    @Test
    void undecodableBatch_endsItsPartitionsReaders_andOthersReceiveEveryLike() throws Exception {
        likes.sendLikes(damaged, "before", 5);
        Position last = likes.sendLikes(damaged, "broken", 1);
        likes.sendLikes(damaged, "later", 5);
        damage("broken-0");
        try (RunningGateway gateway = new RunningGateway(likes)) {
            assertThat(gateway.metric("heartline_gateway_undecodable_total", ""))
                    .isEqualTo(1);
            Position before = new Position(last.epoch(), last.partition(), last.offset() - 3);

            String lost = gateway.get(path(damaged) + "?after=" + before).body();
            String kept = gateway.get(path(damaged) + "?after=" + last).body();

            assertThat(lost).contains("\"recovered\":false").contains("\"frames\":[]");
            assertThat(kept).contains("\"recovered\":true").contains("later-0").contains("later-4");
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC}) // a stopped process reads no record before it is damaged
    void undecodableBatchArrives_readersOfItsPartitionResumeAfterIt() throws Exception {
        try (GatewayProcess gateway = new GatewayProcess("-Xmx128m", likes)) {
            WebSocketClient ofDamaged = WebSocketClient.of(gateway.url() + path(damaged));
            WebSocketClient ofOther = WebSocketClient.of(gateway.url() + path(other));
            assertThat(ofDamaged.next()).contains("hello");
            assertThat(ofOther.next()).contains("hello");
            gateway.signal("STOP");
            Position before = likes.sendLikes(damaged, "before", 1); // answers the fetch in progress
            likes.sendLikes(damaged, "broken", 1);
            likes.sendLikes(damaged, "later", 3);
            likes.sendLikes(other, "other", 3);
            damage("broken-0");

            gateway.signal("CONT");

            assertThat(ofDamaged.next()).contains("\"id\":\"before-0\"");
            assertThat(ofDamaged.next()).isEqualTo(WebSocketClient.CLOSED + 1013);
            for (int i = 0; i < 3; i++) {
                assertThat(ofOther.next()).contains("\"id\":\"other-" + i + "\"");
            }
            likes.send(other, TestTopic.like("other-3", other));
            assertThat(ofOther.next()).contains("\"id\":\"other-3\"");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(gateway.get(path(damaged)).statusCode()).isEqualTo(200));
            WebSocketClient again = WebSocketClient.of(gateway.url() + path(damaged) + "?after=" + before);
            assertThat(again.next()).contains("\"recovered\":false");
            likes.send(damaged, TestTopic.like("now", damaged));
            assertThat(again.next()).contains("\"id\":\"now\"");
            assertThat(gateway.metric("heartline_gateway_undecodable_total", ""))
                    .isEqualTo(1);
            assertThat(gateway.metric("heartline_gateway_partitions", "")).isEqualTo(4);
            assertThat(gateway.log()).contains("likes-0: offsets 1 to 1 cannot be decoded and are skipped");
            ofOther.socket.abort();
            again.socket.abort();
        }
    }

    @Test
    void replayMeetsUndecodableBatch_receivesRecordsBefore_andLiveReadersStay() throws Exception {
        likes.sendLikes(damaged, "before", 5);
        Position last = likes.sendLikes(damaged, "broken", 1);
        likes.sendLikes(damaged, "later", 50);
        try (RunningGateway gateway = new RunningGateway(
                likes, "heartline.gateway.ring.size=8KB", "heartline.gateway.ring.preload-records=1")) {
            WebSocketClient live = WebSocketClient.of(gateway.url() + path(damaged));
            WebSocketClient ofOther = WebSocketClient.of(gateway.url() + path(other));
            assertThat(live.next()).contains("hello");
            assertThat(ofOther.next()).contains("hello");
            damage("broken-0");
            Position start = new Position(last.epoch(), last.partition(), Position.BEFORE_FIRST);

            WebSocketClient replay = WebSocketClient.of(gateway.url() + path(damaged) + "?after=" + start);

            assertThat(replay.next()).contains("\"recovered\":true");
            for (int i = 0; i < 5; i++) {
                assertThat(replay.next()).contains("\"id\":\"before-" + i + "\"");
            }
            String frame = replay.next();
            while (frame.contains("\"kind\":\"position\"")) {
                frame = replay.next();
            }
            assertThat(frame).isEqualTo(WebSocketClient.CLOSED + 1013);
            HttpResponse<String> again = gateway.get(path(damaged) + "?after=" + start);
            assertThat(again.body()).contains("\"recovered\":false");
            likes.send(damaged, TestTopic.like("now", damaged));
            likes.send(other, TestTopic.like("also-now", other));
            assertThat(live.next()).contains("\"id\":\"now\"");
            assertThat(ofOther.next()).contains("\"id\":\"also-now\"");
            live.socket.abort();
            ofOther.socket.abort();
        }
    }

    @Test
    void codecNotLoadable_suspendsItsPartitions_untilDecodableRecordsArrive() throws Exception {
        try (GatewayProcess gateway = new GatewayProcess(
                        "-Xmx128m -Dorg.xerial.snappy.tempdir=" + Files.createFile(folder.resolve("no-folder")),
                        likes);
                KafkaProducer<byte[], byte[]> snappy = new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers(), "compression.type", "snappy"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            WebSocketClient ofDamaged = WebSocketClient.of(gateway.url() + path(damaged));
            WebSocketClient ofOther = WebSocketClient.of(gateway.url() + path(other));
            assertThat(ofDamaged.next()).contains("hello");
            assertThat(ofOther.next()).contains("hello");
            byte[] like = TestTopic.like("compressed", damaged).getBytes(StandardCharsets.UTF_8);

            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                snappy.send(new ProducerRecord<>("likes", damaged.getBytes(StandardCharsets.UTF_8), like))
                        .get();
                assertThat(gateway.get(path(damaged)).statusCode()).isEqualTo(503);
            });

            assertThat(ofDamaged.next()).isEqualTo(WebSocketClient.CLOSED + 1013);
            likes.send(other, TestTopic.like("other-0", other));
            assertThat(ofOther.next()).contains("\"id\":\"other-0\"");
            likes.send(damaged, TestTopic.like("plain", damaged));
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(gateway.get(path(damaged)).statusCode()).isEqualTo(200));
            assertThat(gateway.metric("heartline_gateway_undecodable_total", ""))
                    .isPositive();
            ofOther.socket.abort();
        }
    }

    private static String path(String author) {
        return "/v1/authors/" + author + "/likes";
    }

    /** Changes a byte of the event with an id in the broker's files. */
    private void damage(String id) throws IOException {
        Path segment = folder.resolve("likes-0").resolve("00000000000000000000.log");
        int found = new String(Files.readAllBytes(segment), StandardCharsets.ISO_8859_1).indexOf('"' + id + '"');
        assertThat(found).isPositive();
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(found + 1);
            file.write('B');
        }
    }
}
