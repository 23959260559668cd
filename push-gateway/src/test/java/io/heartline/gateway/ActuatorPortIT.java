package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;

/** With an actuator port of its own, only the service's port has the API. */
@TestPropertySource(properties = {"management.server.port=0", "management.server.address=127.0.0.1"})
class ActuatorPortIT extends GatewayIT {

    @LocalManagementPort
    private int actuatorPort;

    private WebTestClient actuator;

    @BeforeEach
    @Override
    void gatewayIsReady() {
        actuator = WebTestClient.bindToServer()
                .baseUrl("http://localhost:" + actuatorPort)
                .responseTimeout(Duration.ofSeconds(30))
                .build();
        await().atMost(Duration.ofSeconds(30)).until(() -> status(actuator, "/actuator/health/readiness") == 200);
    }

    @Test
    void actuatorPort_servesNoApi() {
        assertThat(status(http, "/heartline.js")).isEqualTo(200);

        for (String path : new String[] {"/heartline.js", "/v1/authors/alice/likes", "/"}) {
            assertThat(status(actuator, path)).as(path).isEqualTo(404);
        }
    }

    private static int status(WebTestClient client, String path) {
        return client.get()
                .uri(path)
                .exchange()
                .returnResult(String.class)
                .getStatus()
                .value();
    }
}
