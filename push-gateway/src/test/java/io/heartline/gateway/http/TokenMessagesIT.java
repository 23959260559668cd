package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.gateway.GatewayIT;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.WebSocketClient;
import io.heartline.web.TestIssuer;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which authors a token permits on {@code /v1/likes}, and tokens that replace the one of a handshake. */
@Isolated("captures the output of the JVM")
@ContextConfiguration(initializers = TokenMessagesIT.Tokens.class)
@ExtendWith(OutputCaptureExtension.class)
class TokenMessagesIT extends GatewayIT {

    private static final TestIssuer ISSUER = new TestIssuer();

    static final class Tokens implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of(ISSUER.settings()).applyTo(context);
        }
    }

    @Test
    void everyAuthorNeedsTheRight() {
        String own = ISSUER.token(author, "likes:read");
        String any = ISSUER.token("support", "likes:read:any");
        status("/v1/likes?author=" + author, own, 200);
        status("/v1/likes?author=" + author + "&author=" + author, own, 200);
        status("/v1/likes?author=" + author + "&author=b", any, 200);
        status("/v1/likes", own, 400);
        status("/v1/likes?author=" + author, ISSUER.token(author, "likes:write"), 403);
        status("/v1/likes", ISSUER.token(author, "likes:write"), 403);
        for (String query : new String[] {"&author=b", "&author=b&author=" + author, "&author"}) {
            http.get()
                    .uri("/v1/likes?author=" + author + query)
                    .headers(headers -> headers.setBearerAuth(own))
                    .exchange()
                    .expectStatus()
                    .isForbidden()
                    .expectHeader()
                    .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                    .expectHeader()
                    .valueMatches("WWW-Authenticate", ".*insufficient_scope.*scope=\"likes:read:any\"");
        }
        http.get().uri("/v1/likes?author=" + author).exchange().expectStatus().isUnauthorized();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/likes?author=%s", "/v1/authors/%s/likes"})
    void newToken_keepsConnectionOpen_beyondTheOldOne(String target) throws Exception {
        String soon = ISSUER.expiring(Instant.now().plusSeconds(3), author, "likes:read");
        WebSocketClient renewed = connect(target.formatted(author), soon);
        WebSocketClient notRenewed = connect(target.formatted(author), soon);
        Instant expires = Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.SECONDS);

        sendToken(renewed, ISSUER.expiring(expires, author, "likes:read"));

        assertThat(next(renewed)).isEqualTo("{\"kind\":\"token\",\"expires\":\"" + expires + "\"}");
        assertThat(next(notRenewed)).isEqualTo(WebSocketClient.CLOSED + 4401);
        likes.send(author, TestTopic.like("later", author));
        assertThat(next(renewed)).contains("\"id\":\"later\"");
        renewed.socket.abort();
    }

    @Test
    void newTokenThatExpires_endsConnection() throws Exception {
        WebSocketClient client = connect("/v1/likes?author=" + author, ISSUER.token(author, "likes:read"));

        sendToken(client, ISSUER.expiring(Instant.now().plusSeconds(2), author, "likes:read"));

        assertThat(next(client)).startsWith("{\"kind\":\"token\",");
        assertThat(next(client)).isEqualTo(WebSocketClient.CLOSED + 4401);
    }

    @Test
    void unacceptableToken_isRefused_andThePreviousOneStays(CapturedOutput log) throws Exception {
        WebSocketClient client = connect("/v1/likes?author=" + author, ISSUER.token(author, "likes:read"));

        assertRefused(client, new TestIssuer().token(author, "likes:read"), 401);
        assertRefused(client, ISSUER.expiring(Instant.now().minusSeconds(600), author, "likes:read"), 401);
        assertRefused(client, "no token at all", 401);
        assertRefused(client, "", 401);
        assertRefused(client, ISSUER.token("mallory", "likes:read:any"), 403);
        assertRefused(client, ISSUER.token(author, "likes:write"), 403);

        likes.send(author, TestTopic.like("after", author));
        assertThat(next(client)).contains("\"id\":\"after\"");
        assertThat(log.getAll()).doesNotContain("no token at all");
        client.socket.abort();
    }

    @Test
    void followNeedsTheRightOfTheTokenInForce() throws Exception {
        WebSocketClient client = connect("/v1/likes?author=" + author, ISSUER.token(author, "likes:read"));
        sendFollow(client, "b");
        JsonNode refused = JsonMapper.shared().readTree(next(client));
        assertThat(refused.path("kind").stringValue()).isEqualTo("refused");
        assertThat(refused.path("author").stringValue()).isEqualTo("b");
        assertThat(refused.path("problem").path("status").intValue()).isEqualTo(403);
        assertThat(refused.path("problem").path("detail").stringValue()).contains("likes:read:any");

        sendToken(client, ISSUER.token(author, "likes:read:any"));
        assertThat(next(client)).startsWith("{\"kind\":\"token\",");
        sendFollow(client, "b");
        assertThat(next(client)).startsWith("{\"kind\":\"hello\",\"author\":\"b\"");

        assertRefused(client, ISSUER.token(author, "likes:read"), 403);
        client.socket.abort();
    }

    private void assertRefused(WebSocketClient client, String token, int status) throws Exception {
        sendToken(client, token);
        String frame = next(client);
        JsonNode refused = JsonMapper.shared().readTree(frame);
        assertThat(refused.path("kind").stringValue()).isEqualTo("refused");
        assertThat(refused.has("author")).isFalse();
        assertThat(refused.path("problem").path("status").intValue()).isEqualTo(status);
        assertThat(token.isEmpty() || !frame.contains(token)).isTrue();
    }

    private void status(String target, String token, int status) {
        http.get()
                .uri(target)
                .headers(headers -> headers.setBearerAuth(token))
                .exchange()
                .expectStatus()
                .isEqualTo(status);
    }

    private WebSocketClient connect(String target, String token) throws Exception {
        WebSocketClient client = new WebSocketClient();
        client.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols("heartline.v1", "bearer." + token)
                .buildAsync(URI.create("ws://localhost:" + port + target), client)
                .get(30, TimeUnit.SECONDS);
        assertThat(next(client)).startsWith("{\"kind\":\"hello\"");
        return client;
    }

    private static String next(WebSocketClient client) throws InterruptedException {
        return client.next();
    }

    private static void sendToken(WebSocketClient client, String token) throws Exception {
        client.socket
                .sendText("{\"kind\":\"token\",\"token\":\"" + token + "\"}", true)
                .get(30, TimeUnit.SECONDS);
    }

    private static void sendFollow(WebSocketClient client, String author) throws Exception {
        client.socket
                .sendText("{\"kind\":\"follow\",\"author\":\"" + author + "\"}", true)
                .get(30, TimeUnit.SECONDS);
    }
}
