package io.heartline.producer;

import io.heartline.quickstart.backends.FreePorts;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.MediaType;
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
    void theServiceStarts_andAnswers503WithRetryAfter(@Autowired WebTestClient http) {
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
}
