package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.quickstart.backends.Backends;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.config.name=event-producer")
@AutoConfigureWebTestClient(timeout = "30s")
class LikesIT {

    private static final Backends BACKENDS = Backends.shared();
    private static final String TOPIC = Backends.unique("likes");
    private static final int PARTITIONS = 4;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry settings) {
        settings.add("spring.kafka.bootstrap-servers", BACKENDS::bootstrapServers);
        settings.add("heartline.producer.topic.name", () -> TOPIC);
        settings.add("heartline.producer.topic.partitions", () -> PARTITIONS);
    }

    @Autowired
    private WebTestClient http;

    @Test
    void aLike_isInTheLogAtThePositionItWasAnsweredWith() throws Exception {
        JsonNode accepted = http.post()
                .uri("/v1/likes")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"postId\":\"p-1\",\"authorId\":\"alice\",\"likerId\":\"bob\",\"at\":\"" + Instant.now()
                        + "\"}")
                .exchange()
                .expectStatus()
                .isAccepted()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody();

        Position position = Position.parse(accepted.path("position").stringValue());
        LikesLog log = log();
        assertThat(position.epoch()).isEqualTo(log.epoch());
        assertThat(position.partition()).isEqualTo(log.partitionOf("alice"));
        ConsumerRecord<byte[], byte[]> record = read(position);
        assertThat(LikeEventJson.decode(record.key(), record.value()))
                .isInstanceOf(Liked.class)
                .satisfies(event -> {
                    assertThat(event.id()).isEqualTo(accepted.path("eventId").stringValue());
                    assertThat(event.authorId()).isEqualTo("alice");
                    assertThat(event.likerId()).isEqualTo("bob");
                });
        assertThat(record.headers().lastHeader("ce_id").value())
                .asString()
                .isEqualTo(accepted.path("eventId").stringValue());
        assertThat(record.timestampType().name).isEqualTo("LogAppendTime");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "malformed JSON;application/json;{'postId':;400;",
                "missing field;application/json;{'postId':'p','authorId':'a'};400;/likerId",
                "forbidden character;application/json;{'postId':'p q','authorId':'a','likerId':'b'};400;/postId",
                "time in 2099;application/json;{'postId':'p','authorId':'a','likerId':'b','at':'2099-01-01T00:00:00Z'};400;/at",
            })
    void badInput_isAProblemThatNamesTheField_andNothingIsLogged(
            String name, String contentType, String body, int status, String pointer) throws Exception {
        long before = logged();

        http.post()
                .uri("/v1/likes")
                .contentType(MediaType.parseMediaType(contentType))
                .bodyValue(body.replace('\'', '"'))
                .exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo(status)
                .jsonPath("$.errors[0].pointer")
                .isEqualTo(pointer == null ? "" : pointer)
                .jsonPath("$.errors[0].detail")
                .isNotEmpty();

        assertThat(logged()).isEqualTo(before);
    }

    @Test
    void aBodyOver16KiB_isRefusedWith413_andNothingIsLogged() throws Exception {
        long before = logged();
        String body =
                "{\"postId\":\"p\",\"authorId\":\"a\",\"likerId\":\"b\",\"note\":\"" + "x".repeat(17 * 1024) + "\"}";

        http.post()
                .uri("/v1/likes")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange()
                .expectStatus()
                .isEqualTo(413)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.errors[0].detail")
                .isEqualTo("must not be over 16 KiB");

        assertThat(logged()).isEqualTo(before);
    }

    @Test
    void anotherContentType_isRefusedWith415() {
        http.post()
                .uri("/v1/likes")
                .contentType(MediaType.TEXT_PLAIN)
                .bodyValue("a like")
                .exchange()
                .expectStatus()
                .isEqualTo(415)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.errors[0].header")
                .isEqualTo("Content-Type");
    }

    @Test
    void noBodyAndNoSuchPath_areProblemsToo() {
        http.post()
                .uri("/v1/likes")
                .contentType(MediaType.APPLICATION_JSON)
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON);
        http.get()
                .uri("/v1/nothing")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON);
    }

    private static LikesLog log() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BACKENDS.bootstrapServers()))) {
            return LikesLog.describe(admin, TOPIC).toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }

    /** Records on the topic; 0 if nobody has created it yet. */
    private static long logged() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BACKENDS.bootstrapServers()))) {
            if (!admin.listTopics().names().get(30, TimeUnit.SECONDS).contains(TOPIC)) {
                return 0;
            }
            Map<TopicPartition, OffsetSpec> ends = IntStream.range(0, PARTITIONS)
                    .mapToObj(p -> new TopicPartition(TOPIC, p))
                    .collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest()));
            return admin.listOffsets(ends).all().get(30, TimeUnit.SECONDS).values().stream()
                    .mapToLong(ListOffsetsResultInfo::offset)
                    .sum();
        }
    }

    private static ConsumerRecord<byte[], byte[]> read(Position position) {
        TopicPartition partition = new TopicPartition(TOPIC, position.partition());
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", BACKENDS.bootstrapServers(), "auto.offset.reset", "none"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(Set.of(partition));
            consumer.seek(partition, position.offset());
            return consumer.poll(Duration.ofSeconds(30)).records(partition).get(0);
        }
    }
}
