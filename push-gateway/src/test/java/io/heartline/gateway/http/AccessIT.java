package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.gateway.GatewayIT;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.WebSocketClient;
import io.heartline.gateway.transport.RawWebSocket;
import io.heartline.web.TestIssuer;
import io.micrometer.core.instrument.Meter;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocketHandshakeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.json.JsonMapper;

/** Which caller may read which author's likes, with each transport, and for how long. */
@Isolated("captures the output of the JVM")
@ContextConfiguration(initializers = AccessIT.Tokens.class)
@TestPropertySource(
        properties = {
            "heartline.security.allowed-origins=https://example.com",
            "heartline.gateway.access-token-parameter=true"
        })
@ExtendWith(OutputCaptureExtension.class)
class AccessIT extends GatewayIT {

    private static final TestIssuer ISSUER = new TestIssuer();

    static final class Tokens implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of(ISSUER.settings()).applyTo(context);
        }
    }

    private String own() {
        return ISSUER.token(author, "likes:read");
    }

    private WebTestClient.ResponseSpec poll(String token) {
        return http.get()
                .uri(path)
                .headers(headers -> {
                    if (token != null) {
                        headers.setBearerAuth(token);
                    }
                })
                .exchange();
    }

    @Test
    void author_readsOwnLikesOnly_unlessScopeIsReadAny() {
        poll(own()).expectStatus().isOk();
        poll(ISSUER.token("support", "likes:read:any")).expectStatus().isOk();
        poll(ISSUER.token("mallory", "likes:read")).expectStatus().isForbidden();
        poll(ISSUER.token(author, "likes:write", "reports:read")).expectStatus().isForbidden();
        poll(null)
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectHeader()
                .valueEquals("WWW-Authenticate", "Bearer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/heartline.js", "/openapi.yaml", "/like-event.yaml", "/frames.yaml"})
    void clientAndOpenApi_needNoToken(String file) {
        http.get().uri(file).exchange().expectStatus().isOk();
    }

    private WebSocketClient webSocket(String query, String... subprotocols) throws Exception {
        WebSocketClient frames = new WebSocketClient();
        String[] others = Arrays.copyOfRange(subprotocols, 1, subprotocols.length);
        frames.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols(subprotocols[0], others)
                .buildAsync(URI.create("ws://localhost:" + port + path + query), frames)
                .get(30, TimeUnit.SECONDS);
        return frames;
    }

    @Test
    void tokenAsSubprotocol_isAccepted_andNotSelected() throws Exception {
        for (String[] offered : new String[][] {
            {"heartline.v1", "bearer." + own()},
            {"bearer." + own(), "heartline.v1"},
            {"another", "heartline.v1", "bearer." + own()}
        }) {
            WebSocketClient frames = webSocket("", offered);

            assertThat(frames.socket.getSubprotocol()).isEqualTo("heartline.v1");
            assertThat(frames.next()).startsWith("{\"kind\":\"hello\"");
            likes.send(author, TestTopic.like("e-1", author));
            assertThat(frames.next()).startsWith("{\"kind\":\"like\"");
            frames.socket.abort();
        }
    }

    @Test
    void handshakeWithoutValidToken_isRefused() {
        assertThat(handshake("heartline.v1")).isEqualTo(401);
        assertThat(handshake("heartline.v1", "bearer.YQ.YQ.YQ")).isEqualTo(401);
        assertThat(handshake("heartline.v1", "bearer." + new TestIssuer().token(author, "likes:read")))
                .isEqualTo(401);
        assertThat(handshake("heartline.v1", "bearer." + ISSUER.token("mallory", "likes:read")))
                .isEqualTo(403);
        assertThat(handshake("heartline.v1", "bearer." + own(), "bearer." + ISSUER.token("mallory")))
                .as("a handshake with two tokens")
                .isEqualTo(400);
    }

    private int handshake(String... subprotocols) {
        WebSocketHandshakeException[] refused = new WebSocketHandshakeException[1];
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> webSocket("", subprotocols))
                .satisfies(e -> refused[0] = (WebSocketHandshakeException) e.getCause());
        return refused[0].getResponse().statusCode();
    }

    @Test
    void foreignOrigin_withValidToken_isRefused() throws Exception {
        for (String origin : new String[] {"https://evilexample.com", "null", "https://example.com.evil.example"}) {
            try (Socket socket = RawWebSocket.connect(port)) {
                RawWebSocket.sendHandshake(
                        socket, path, "Origin: " + origin, "Sec-WebSocket-Protocol: heartline.v1, bearer." + own());
                assertThat(RawWebSocket.head(socket)).as(origin).startsWith("HTTP/1.1 403 ");
            }
        }
        try (Socket socket = RawWebSocket.connect(port)) {
            RawWebSocket.sendHandshake(
                    socket,
                    path,
                    "Origin: https://example.com",
                    "Sec-WebSocket-Protocol: heartline.v1, bearer." + own());
            assertThat(RawWebSocket.head(socket)).startsWith("HTTP/1.1 101 ");
        }
    }

    @Test
    void tokenExpires_webSocketEndsWith4401_andNewTokenResumes() throws Exception {
        String token = ISSUER.expiring(Instant.now().plusSeconds(2), author, "likes:read");
        WebSocketClient frames = webSocket("", "heartline.v1", "bearer." + token);
        assertThat(frames.next()).startsWith("{\"kind\":\"hello\"");
        likes.send(author, TestTopic.like("e-1", author));
        String last = frames.next();
        assertThat(last).startsWith("{\"kind\":\"like\"");

        assertThat(frames.next()).isEqualTo(WebSocketClient.CLOSED + 4401);

        likes.send(author, TestTopic.like("e-2", author));
        String after = JsonMapper.shared().readTree(last).path("position").stringValue();
        WebSocketClient resumed = webSocket("?after=" + after, "heartline.v1", "bearer." + own());
        assertThat(resumed.next())
                .isEqualTo("{\"kind\":\"hello\",\"position\":\"" + after + "\",\"recovered\":true,\"heartbeat\":20}");
        assertThat(resumed.next()).contains("\"id\":\"e-2\"");
        resumed.socket.abort();
    }

    @Test
    void tokenExpires_eventStreamEnds() {
        String token = ISSUER.expiring(Instant.now().plusSeconds(2), author, "likes:read");

        String stream = http.get()
                .uri(path)
                .headers(headers -> headers.setBearerAuth(token))
                .accept(MediaType.TEXT_EVENT_STREAM)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();

        assertThat(stream).contains("event:hello");
    }

    @Test
    void accessTokenParameterEnabled_isAcceptedForEveryTransport() {
        http.get()
                .uri(path + "?access_token=" + own())
                .exchange()
                .expectStatus()
                .isOk();
    }

    @Test
    void token_isInNoLog_metric_orAnswer(CapturedOutput log) throws Exception {
        String bad = ISSUER.expiring(Instant.now().minusSeconds(600), author, "likes:read");
        String good = own();
        StringBuilder answers = new StringBuilder();
        for (String token : new String[] {good, bad, ISSUER.token("mallory", "likes:read")}) {
            for (String target : new String[] {path + "?after=x", path + "?access_token=" + token, path}) {
                try (Socket socket = RawWebSocket.connect(port)) {
                    RawWebSocket.sendHandshake(socket, target, "Sec-WebSocket-Protocol: heartline.v1, bearer." + token);
                    answers.append(RawWebSocket.head(socket));
                }
                var answer = http.get()
                        .uri(target)
                        .headers(headers -> headers.setBearerAuth(token))
                        .exchange()
                        .expectBody(String.class)
                        .returnResult();
                answers.append(answer.getResponseHeaders()).append(answer.getResponseBody());
            }
        }

        for (String token : new String[] {good, bad}) {
            String signature = token.substring(token.lastIndexOf('.') + 1);
            assertThat(log.getAll()).doesNotContain(signature);
            assertThat(registry.getMeters().stream().map(Meter::getId).toList().toString())
                    .doesNotContain(signature);
            assertThat(answers.toString()).contains("\"detail\"").doesNotContain(signature);
        }
    }
}
