package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.EventTime;
import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.events.Position;
import io.heartline.quickstart.backends.Backends;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.config.name=push-gateway")
@AutoConfigureWebTestClient(timeout = "30s")
class LikesIT {

    private static final String BROKER = Backends.shared().bootstrapServers();
    private static final String TOPIC = Backends.unique("likes");
    private static LikesLog log;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry settings) {
        settings.add("spring.kafka.bootstrap-servers", () -> BROKER);
        settings.add("heartline.gateway.topic", () -> TOPIC);
    }

    @BeforeAll
    static void createTopic() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKER))) {
            log = LikesLog.create(admin, LikesTopic.newTopic(TOPIC, 4, (short) 1, 1))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    @LocalServerPort
    private int port;

    @Autowired
    private WebTestClient http;

    @Autowired
    private MeterRegistry registry;

    private final String author = Backends.unique("author");

    @BeforeEach
    void ready() {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> http.get()
                .uri("/actuator/health/readiness")
                .exchange()
                .expectStatus()
                .isOk());
    }

    @Test
    void aWebSocket_isGreeted_andGetsTheEventsBytesAsTheyStandInKafka() throws Exception {
        BlockingQueue<String> frames = new LinkedBlockingQueue<>();
        WebSocket socket = connect(frames);
        String hello = frames.poll(30, TimeUnit.SECONDS);
        int partition = log.partitionOf(author);
        assertThat(hello)
                .startsWith("{\"kind\":\"hello\",\"position\":\"" + log.epoch() + "-" + partition + "-")
                .endsWith(",\"recovered\":false}");

        String value = like("e-1").replace(",\"postId\"", " , \"extra\":{\"caf\u00e9\":[1]},\"postId\"");
        RecordMetadata sent = send(author, value);
        String frame = frames.poll(30, TimeUnit.SECONDS);

        assertThat(frame)
                .isEqualTo("{\"kind\":\"like\",\"position\":\""
                        + new Position(log.epoch(), partition, sent.offset())
                        + "\",\"loggedAt\":\""
                        + EventTime.format(Instant.ofEpochMilli(sent.timestamp()))
                        + "\",\"event\":" + value + "}");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(30, TimeUnit.SECONDS);
        await().until(() ->
                registry.get("heartline.gateway.connections").gauge().value() == 0);
    }

    @Test
    void serverSentEvents_carryTheSameFrames_withTheirPositionAsId() throws Exception {
        BlockingQueue<ServerSentEvent<String>> events = new LinkedBlockingQueue<>();
        var subscription = http.get()
                .uri("/v1/authors/{author}/likes", author)
                .accept(MediaType.TEXT_EVENT_STREAM)
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("X-Accel-Buffering", "no")
                .returnResult(new ParameterizedTypeReference<ServerSentEvent<String>>() {})
                .getResponseBody()
                .subscribe(events::add);

        ServerSentEvent<String> hello = events.poll(30, TimeUnit.SECONDS);
        RecordMetadata sent = send(author, like("e-1"));
        ServerSentEvent<String> like = events.poll(30, TimeUnit.SECONDS);
        subscription.dispose();

        assertThat(hello.event()).isEqualTo("hello");
        assertThat(like.event()).isEqualTo("like");
        assertThat(like.id()).isEqualTo(new Position(log.epoch(), sent.partition(), sent.offset()).toString());
        assertThat(like.data())
                .contains("\"position\":\"" + like.id() + "\"")
                .endsWith("\"event\":" + like("e-1") + "}");
    }

    @Test
    void someoneElsesBytesUnderAFollowedKey_areCounted_andTheNextLikeArrives() throws Exception {
        BlockingQueue<String> frames = new LinkedBlockingQueue<>();
        WebSocket socket = connect(frames);
        frames.poll(30, TimeUnit.SECONDS);
        double before = registry.get("heartline.gateway.records")
                .tag("outcome", "unreadable")
                .counter()
                .count();

        send(author, "\u0000\u0001 these are not the bytes of an event");
        send(author, like("e-2"));

        assertThat(frames.poll(30, TimeUnit.SECONDS)).contains("\"id\":\"e-2\"");
        assertThat(registry.get("heartline.gateway.records")
                        .tag("outcome", "unreadable")
                        .counter()
                        .count())
                .isEqualTo(before + 1);
        socket.abort();
    }

    @Test
    void aMalformedAuthor_isAProblemThatNamesIt() {
        http.get()
                .uri("/v1/authors/{author}/likes", "no spaces")
                .accept(MediaType.TEXT_EVENT_STREAM)
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.errors[0].parameter")
                .isEqualTo("authorId");
    }

    private WebSocket connect(BlockingQueue<String> frames) throws Exception {
        return HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://localhost:" + port + "/v1/authors/" + author + "/likes"), new Frames(frames))
                .get(30, TimeUnit.SECONDS);
    }

    private String like(String id) {
        Liked event = new Liked(id, "p-1", author, "bob", Instant.parse("2026-11-24T10:00:00Z"));
        return new String(LikeEventJson.encode(event), StandardCharsets.UTF_8);
    }

    private static RecordMetadata send(String key, String value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER), new ByteArraySerializer(), new ByteArraySerializer())) {
            return producer.send(new ProducerRecord<>(
                            TOPIC, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)))
                    .get(30, TimeUnit.SECONDS);
        }
    }

    /** Puts fragments together. */
    private static final class Frames implements WebSocket.Listener {

        private final BlockingQueue<String> frames;
        private final StringBuilder partial = new StringBuilder();

        Frames(BlockingQueue<String> frames) {
            this.frames = frames;
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                frames.add(partial.toString());
                partial.setLength(0);
            }
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }
    }
}
