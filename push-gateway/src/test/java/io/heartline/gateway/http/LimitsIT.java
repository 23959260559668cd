package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.gateway.GatewayIT;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.WebSocketClient;
import io.heartline.web.limit.ConcurrencyLimit;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.context.TestPropertySource;

@TestPropertySource(
        properties = {
            "heartline.gateway.connections=4",
            "heartline.gateway.connections-per-caller=3",
            "heartline.gateway.event-source-retry=false",
            "heartline.security.allowed-origins=https://example.com,http://localhost:8083"
        })
class LimitsIT extends GatewayIT {

    @Autowired
    private ConcurrencyLimit connectionLimit;

    @AfterEach
    void awaitNoConnections() {
        await().until(() ->
                registry.get("heartline.gateway.connections").gauge().value() == 0);
    }

    private double refused() {
        return registry.get("heartline.gateway.refused")
                .tag("reason", "caller")
                .counter()
                .count();
    }

    @Test
    void connectionBeyondCallerLimit_isRefusedWith429_untilOneCloses() throws Exception {
        WebSocketClient one = WebSocketClient.of(url());
        WebSocketClient two = WebSocketClient.of(url());
        WebSocketClient three = WebSocketClient.of(url());
        three.next();
        double before = refused();

        assertThat(handshake(null)).isEqualTo(429);
        http.get()
                .uri("/v1/authors/alice/likes")
                .exchange()
                .expectStatus()
                .isEqualTo(429)
                .expectHeader()
                .valueMatches("Retry-After", "[3-9]|10")
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON);
        assertThat(refused()).isEqualTo(before + 2);

        one.socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(30, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> http.get()
                .uri("/v1/authors/alice/likes")
                .exchange()
                .expectStatus()
                .isOk());
        two.socket.abort();
        three.socket.abort();
    }

    @Test
    void withoutEventSourceRetry_fullInstanceRefusesAnEventSourceWith503() {
        List<ConcurrencyLimit.Permit> permits =
                Stream.of("a", "b", "c", "d").map(connectionLimit::acquire).toList();

        http.get()
                .uri("/v1/authors/alice/likes")
                .accept(MediaType.TEXT_EVENT_STREAM)
                .exchange()
                .expectStatus()
                .isEqualTo(503)
                .expectHeader()
                .valueMatches("Retry-After", "[3-9]|10");

        permits.forEach(ConcurrencyLimit.Permit::release);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evilexample.com",
                "https://example.com.evil",
                "http://example.com",
                "null",
                "https://example.com:8443"
            })
    void foreignOrigin_isRefused(String origin) {
        assertThat(handshake(origin)).isEqualTo(403);
        http.get()
                .uri("/v1/authors/alice/likes")
                .header("Origin", origin)
                .exchange()
                .expectStatus()
                .isForbidden();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.com", "http://localhost:8083"})
    void allowedOrigin_readsWithEveryTransport(String origin) {
        assertThat(handshake(origin)).isEqualTo(101);
        http.get()
                .uri("/heartline.js")
                .header("Origin", origin)
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("Access-Control-Allow-Origin", origin);
    }

    @Test
    void clientText_isIgnoredAndCounted_andLargeFrameEndsWith1009() throws Exception {
        WebSocketClient frames = WebSocketClient.of(url());
        frames.next();

        frames.socket.sendText("anybody there?", true).get(30, TimeUnit.SECONDS);
        await().until(() -> registry.get("heartline.gateway.ignored").counter().count() == 1);
        likes.send(author, TestTopic.like("e-1", author));
        assertThat(frames.next()).contains("\"id\":\"e-1\"");
        // Small enough to be read completely. If a connection is closed with unread bytes, it is reset, and the client
        // does not receive the close code.
        frames.socket.sendText("x".repeat(17 * 1024), true);

        assertThat(frames.next()).isEqualTo(WebSocketClient.CLOSED + 1009);
    }

    @Test
    void moreThan100Posts_areRefused() {
        StringBuilder query = new StringBuilder("?post=p");
        for (int i = 0; i < 100; i++) {
            query.append("&post=p-").append(i);
        }

        http.get()
                .uri("/v1/authors/alice/likes" + query)
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.errors[0].parameter")
                .isEqualTo("post");
    }

    private String url() {
        return "ws://localhost:" + port + "/v1/authors/" + author + "/likes";
    }

    /** Returns the status of a handshake from a page of an origin; null stands for a client without a page. */
    private int handshake(String origin) {
        try {
            WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
            if (origin != null) {
                builder.header("Origin", origin);
            }
            builder.buildAsync(URI.create(url()), new WebSocket.Listener() {})
                    .join()
                    .abort();
            return 101;
        } catch (CompletionException e) {
            return ((WebSocketHandshakeException) e.getCause()).getResponse().statusCode();
        }
    }
}
