package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.gateway.GatewayIT;
import io.heartline.gateway.WebSocketClient;
import io.heartline.web.TestIssuer;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;

/** With tokens and without connections-per-caller, one caller can have a tenth of all connections. */
@ContextConfiguration(initializers = ConnectionsPerCallerIT.Tokens.class)
@TestPropertySource(properties = "heartline.gateway.connections=40")
class ConnectionsPerCallerIT extends GatewayIT {

    private static final TestIssuer ISSUER = new TestIssuer();
    private static final int MAX_OF_ONE = 4;

    static final class Tokens implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of(ISSUER.settings()).applyTo(context);
        }
    }

    @Test
    void oneCallerHasItsShare_oneMoreIs429_andAnotherCallerIsServed() throws Exception {
        String own = ISSUER.token(author, "likes:read");
        String support = ISSUER.token("support", "likes:read:any");
        List<WebSocketClient> connections = new ArrayList<>();
        for (int i = 0; i < MAX_OF_ONE; i++) {
            connections.add(connect(own));
        }
        double before = refused();

        poll(own)
                .expectStatus()
                .isEqualTo(429)
                .expectHeader()
                .valueMatches("Retry-After", "[3-9]|10")
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.detail")
                .isEqualTo("You have 4 connections on this instance, which is the maximum of one caller"
                        + " (heartline.gateway.connections-per-caller).");
        poll(support).expectStatus().isOk();
        assertThat(refused()).isEqualTo(before + 1);

        connections.forEach(frames -> frames.socket.abort());
        await().untilAsserted(() -> poll(own).expectStatus().isOk());
    }

    private double refused() {
        return registry.get("heartline.gateway.refused")
                .tag("reason", "caller")
                .counter()
                .count();
    }

    private WebSocketClient connect(String token) throws Exception {
        WebSocketClient frames = new WebSocketClient();
        frames.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(URI.create("ws://localhost:" + port + path), frames)
                .get(30, TimeUnit.SECONDS);
        assertThat(frames.next()).startsWith("{\"kind\":\"hello\"");
        return frames;
    }

    private WebTestClient.ResponseSpec poll(String token) {
        return http.get()
                .uri(path)
                .headers(headers -> headers.setBearerAuth(token))
                .exchange();
    }
}
