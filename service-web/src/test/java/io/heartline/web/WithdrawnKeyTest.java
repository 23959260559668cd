package io.heartline.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An issuer that withdraws a key, with which tokens were verified a moment ago. */
class WithdrawnKeyTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final TestIssuer issuer = new TestIssuer();
    private final TestIssuer successor = new TestIssuer();
    private HttpServer server;
    private volatile String published = issuer.jwkSet();

    @BeforeEach
    void publish() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] set = published.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, set.length);
            exchange.getResponseBody().write(set);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void keyIsWithdrawn_aTokenThatWasVerifiedWithItIsRefused() {
        String token = issuer.token("app", "things:write");
        String other = successor.token("app", "things:write");
        try (Guarded service = Guarded.start(
                "heartline.security.mode=jwt",
                "spring.security.oauth2.resourceserver.jwt.jwk-set-uri=http://localhost:"
                        + server.getAddress().getPort() + "/")) {
            await().atMost(TIMEOUT).until(() -> status(service, token) == 200);
            assertThat(status(service, token)).isEqualTo(200);

            published = successor.jwkSet();
            await().atMost(TIMEOUT).until(() -> status(service, other) == 200); // so the keys were fetched

            assertThat(status(service, token)).isEqualTo(401);
        }
    }

    private static int status(Guarded service, String token) {
        return service.http()
                .get()
                .uri("/write")
                .headers(headers -> headers.setBearerAuth(token))
                .exchange()
                .returnResult(String.class)
                .getStatus()
                .value();
    }
}
