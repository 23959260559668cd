package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEventRecord;
import io.heartline.events.Liked;
import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.quickstart.backends.Backends;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
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
import org.threeten.extra.YearWeek;

@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"spring.config.name=report-batch", "heartline.reports.schedule=-"})
@AutoConfigureWebTestClient(timeout = "30s")
class RunThenReadIT {

    private static final String BROKER = Backends.bootstrapServers();
    private static final String TOPIC = Backends.unique("likes");

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry settings) {
        String database = Backends.newDatabase();
        settings.add("spring.mongodb.uri", () -> database);
        settings.add("heartline.reports.topic", () -> TOPIC);
        settings.add("spring.kafka.bootstrap-servers", () -> BROKER);
    }

    @BeforeAll
    static void createTopic() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKER))) {
            LikesLog.create(admin, LikesTopic.newTopic(TOPIC, 4, (short) 1, 1))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    @Autowired
    private WebTestClient http;

    @Test
    void report_containsTheEventsOfThePreviousRun() throws Exception {
        Instant now = Instant.now();
        YearWeek week = YearWeek.from(LocalDate.ofInstant(now, ZoneOffset.UTC));
        append(new Liked("1", "p-1", "alice", "bob", now));
        append(new Liked("2", "p-2", "alice", "bob", now));
        append(new Liked("3", "p-2", "alice", "carol", now));
        RecordMetadata last = append(new Liked("4", "p-2", "alice", "carol", now));
        append(new Liked("5", "p-1", "alice", "bob", now.minus(Duration.ofDays(7))));

        runAndWait();

        http.get()
                .uri("/v1/authors/alice/reports/current")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.authorId")
                .isEqualTo("alice")
                .jsonPath("$.week")
                .isEqualTo(week.toString())
                .jsonPath("$.from")
                .isEqualTo(week.atDay(DayOfWeek.MONDAY).toString())
                .jsonPath("$.to")
                .isEqualTo(week.atDay(DayOfWeek.SUNDAY).toString())
                .jsonPath("$.zone")
                .isEqualTo("UTC")
                .jsonPath("$.status")
                .isEqualTo("open")
                .jsonPath("$.revision")
                .isEqualTo(1)
                .jsonPath("$.likes")
                .isEqualTo(3)
                .jsonPath("$.unlikes")
                .isEqualTo(0)
                .jsonPath("$.likers")
                .isEqualTo(2)
                .jsonPath("$.events.liked")
                .isEqualTo(4)
                .jsonPath("$.events.unliked")
                .isEqualTo(0)
                .jsonPath("$.precision.exact")
                .isEqualTo(true)
                .jsonPath("$.byDay.length()")
                .isEqualTo(7)
                .jsonPath(
                        "$.byDay[" + (now.atZone(ZoneOffset.UTC).getDayOfWeek().ordinal()) + "].likes")
                .isEqualTo(3)
                .jsonPath("$.topPosts[0].postId")
                .isEqualTo("p-2")
                .jsonPath("$.topPosts[0].likes")
                .isEqualTo(2)
                .jsonPath("$.previous.week")
                .isEqualTo(week.minusWeeks(1).toString())
                .jsonPath("$.previous.likes")
                .isEqualTo(1)
                .jsonPath("$.asOf")
                .isNotEmpty()
                .jsonPath("$.through")
                .value(String.class, through -> assertThat(through)
                        .endsWith("-" + last.partition() + "-" + (last.offset() + 1)));
    }

    @Test
    void weekWithoutEvents_hasAReportOfZeros() {
        http.get()
                .uri("/v1/authors/nobody/reports/2026-W40")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.likes")
                .isEqualTo(0)
                .jsonPath("$.byDay.length()")
                .isEqualTo(7)
                .jsonPath("$.topPosts.length()")
                .isEqualTo(0);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/authors/alice/reports/2026-W54, week",
        "/v1/authors/alice/reports/2099-W01, week",
        "/v1/authors/alice/reports/yesterday, week",
        "/v1/authors/a b/reports/current, authorId",
    })
    void malformedParameter_returns400NamingIt(String path, String parameter) {
        http.get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.errors[0].parameter")
                .isEqualTo(parameter);
    }

    @Test
    void unknownRun_returns404() {
        http.get()
                .uri("/v1/runs/none")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON);
    }

    private void runAndWait() {
        String location = http.post()
                .uri("/v1/runs")
                .exchange()
                .expectStatus()
                .isAccepted()
                .returnResult(Void.class)
                .getResponseHeaders()
                .getLocation()
                .toString();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> http.get()
                .uri(location)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo("done"));
    }

    private static RecordMetadata append(Liked event) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER), new ByteArraySerializer(), new ByteArraySerializer())) {
            return producer.send(LikeEventRecord.of(TOPIC, event, "/test")).get(30, TimeUnit.SECONDS);
        }
    }
}
