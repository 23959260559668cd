package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heartline.gateway.BrowserScriptReaders;
import io.heartline.gateway.GatewayIT;
import io.heartline.gateway.transport.RawWebSocket;
import io.heartline.web.IssuerServer;
import io.heartline.web.TestIssuer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfiguration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Clients with valid tokens while the issuer rotates its keys or does not answer. */
@ContextConfiguration(initializers = KeyRotationIT.Tokens.class)
class KeyRotationIT extends GatewayIT {

    private static final TestIssuer OLD = new TestIssuer();
    private static final IssuerServer ISSUER = new IssuerServer().publish(OLD);

    static final class Tokens implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of(
                            "heartline.security.mode=jwt",
                            "spring.security.oauth2.resourceserver.jwt.jwk-set-uri=" + ISSUER.keysUri(),
                            "heartline.security.issuer.min-interval=3s")
                    .applyTo(context);
        }
    }

    @AfterAll
    static void stop() {
        ISSUER.close();
    }

    private int poll(TestIssuer by) {
        return http.get()
                .uri(path)
                .headers(headers -> headers.setBearerAuth(by.token(author, "likes:read")))
                .exchange()
                .returnResult(String.class)
                .getStatus()
                .value();
    }

    private String handshake(TestIssuer by) throws IOException {
        try (Socket socket = RawWebSocket.connect(port)) {
            String token = by.token(author, "likes:read");
            RawWebSocket.sendHandshake(socket, path, "Sec-WebSocket-Protocol: heartline.v1, bearer." + token);
            return RawWebSocket.head(socket);
        }
    }

    @Test
    void issuerUnavailable_unknownKeyGets503_andKnownKeyIsServed() throws IOException {
        await().until(() -> poll(OLD) == 200);
        ISSUER.startFault(IssuerServer.Fault.HANGS);
        try {
            TestIssuer unknown = new TestIssuer();
            for (int i = 0; i < 5; i++) {
                assertThat(handshake(unknown)).startsWith("HTTP/1.1 503 ").containsPattern("(?i)retry-after: [1-3]\r");
                assertThat(handshake(OLD)).startsWith("HTTP/1.1 101 ");
            }
        } finally {
            ISSUER.recover();
        }
    }

    @Test
    void issuerAnswersAgain_clientWithNewKeyBecomesLive() throws IOException {
        assumeTrue(System.getenv("HEARTLINE_REQUIRE_SCRIPTS") != null || BrowserScriptReaders.isInstalled("node"));
        TestIssuer rotated = new TestIssuer();
        await().until(() -> poll(OLD) == 200);
        ISSUER.startFault(IssuerServer.Fault.HANGS);
        ISSUER.publish(OLD, rotated);
        assertThat(poll(rotated)).isEqualTo(503);

        List<String> states = new CopyOnWriteArrayList<>();
        Process client = follow(rotated.token(author, "likes:read"), states);
        try {
            await().atMost(Duration.ofSeconds(30)).until(() -> states.contains("waiting"));
            ISSUER.recover();
            await().atMost(Duration.ofSeconds(60)).until(() -> states.contains("live"));
        } finally {
            client.toHandle().destroy();
        }
        assertThat(states).doesNotContain("refused");
    }

    /** Follows the author with {@code heartline.js}, and adds the name of each of its states. */
    private Process follow(String token, List<String> states) throws IOException {
        String url = "http://localhost:" + port;
        ProcessBuilder node = new ProcessBuilder(
                        "node", "--experimental-websocket", "src/test/js/follow.js", url, author)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        node.environment().put("TOKENS", token);
        Process client = node.start();
        Thread reading = new Thread(() -> client.inputReader(StandardCharsets.UTF_8)
                .lines()
                .map(JsonMapper.shared()::readTree)
                .map(line -> line.path("state").path("state"))
                .filter(JsonNode::isString)
                .forEach(state -> states.add(state.stringValue())));
        reading.setDaemon(true);
        reading.start();
        return client;
    }
}
