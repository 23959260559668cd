package io.heartline.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.producer.HttpAnswer;
import io.heartline.producer.OpenApiCases;
import io.heartline.producer.like.ProblemType;
import io.heartline.quickstart.backends.FreePorts;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.MediaType;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;

@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"spring.config.name=event-producer", "heartline.producer.ack-timeout=500ms"})
@AutoConfigureWebTestClient(timeout = "30s")
class KafkaDownIT {

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry settings) {
        settings.add("spring.kafka.bootstrap-servers", () -> "127.0.0.1:" + FreePorts.find(1)[0]);
    }

    @Test
    void kafkaIsDown_serviceStarts_andLikeGets503WithRetryAfter(@Autowired WebTestClient http) {
        http.post()
                .uri("/v1/likes")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"postId\":\"p-1\",\"authorId\":\"alice\",\"likerId\":\"bob\"}")
                .exchange()
                .expectStatus()
                .isEqualTo(503)
                .expectHeader()
                .valueEquals("Retry-After", "5")
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/x-ndjson"})
    void kafkaIsDown_answerIsTheDocumentedProblem(String mediaType, @Autowired WebTestClient http) {
        var request = http.post().uri("/v1/likes").header("Content-Type", mediaType);
        request.bodyValue("{\"postId\":\"p-1\",\"authorId\":\"alice\",\"likerId\":\"bob\"}");

        HttpAnswer answer = HttpAnswer.to(request);

        assertThat(answer.status()).isEqualTo(503);
        answer.assertDocumented(OpenApiCases.POST_LIKES);
        assertThat(answer.json().path("type").stringValue()).isEqualTo(ProblemType.LOG_UNAVAILABLE.uri());
    }

    @Test
    void kafkaProducer_hasTheGuaranteesAndTimeouts(@Autowired ProducerFactory<?, ?> producers) {
        assertThat(producers.getConfigurationProperties())
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", true)
                .containsEntry("delivery.timeout.ms", 500);
    }

    @Test
    void kafkaIsDown_serviceIsLive_andNotReadyWithTheReason(
            @Autowired WebTestClient http, @Autowired MeterRegistry registry) {
        HttpAnswer readiness = HttpAnswer.to(http.get().uri("/actuator/health/readiness"));
        HttpAnswer liveness = HttpAnswer.to(http.get().uri("/actuator/health/liveness"));

        assertThat(readiness.status()).isEqualTo(503);
        readiness.assertDocumented(OpenApiCases.operation("/actuator/health/readiness"));
        assertThat(readiness.json().at("/components/kafka/details/reason").stringValue())
                .isNotEmpty();
        assertThat(liveness.status()).isEqualTo(200);
        assertThat(registry.get("heartline.producer.log.available").gauge().value())
                .isZero();
    }
}
