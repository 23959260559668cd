package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.producer.LoggedLikes;
import io.heartline.producer.RunningProducer;
import io.heartline.quickstart.backends.Backends;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

class LikesIT {

    private static final String TOPIC = Backends.unique("likes");
    private static final LoggedLikes LOGGED = new LoggedLikes(Backends.bootstrapServers(), TOPIC);

    private static RunningProducer producer;
    private static WebTestClient http;

    @BeforeAll
    static void start() {
        producer = RunningProducer.on(TOPIC);
        http = WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + producer.port)
                .responseTimeout(Duration.ofSeconds(30))
                .build();
    }

    @AfterAll
    static void stop() {
        producer.close();
    }

    @Test
    void acceptedLike_isLoggedAtTheReturnedPosition() throws Exception {
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
        LikesLog log = LOGGED.log();
        assertThat(position.epoch()).isEqualTo(log.epoch());
        assertThat(position.partition()).isEqualTo(log.partitionOf("alice"));
        ConsumerRecord<byte[], byte[]> record = LOGGED.records(log).stream()
                .filter(found -> found.partition() == position.partition() && found.offset() == position.offset())
                .findFirst()
                .orElseThrow();
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
    void invalidLike_returnsAProblemNamingTheField_andIsNotLogged(
            String name, String contentType, String body, int status, String pointer) throws Exception {
        int before = logged();

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
    void bodyOver16KiB_returns413_andIsNotLogged() throws Exception {
        int before = logged();
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
    void otherContentType_returns415() {
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
    void emptyBody_orUnknownPath_returnsAProblem() {
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

    private static int logged() throws Exception {
        return LOGGED.records(LOGGED.log()).size();
    }
}
