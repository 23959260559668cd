package io.heartline.web.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.web.IssuerServer;
import io.heartline.web.TestIssuer;
import io.heartline.web.TestService;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests an issuer that withdraws a key after the service has verified and cached a token with it. */
class WithdrawnKeyTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final TestIssuer withdrawn = new TestIssuer();
    private final TestIssuer successor = new TestIssuer();

    @Test
    void keyIsWithdrawn_cachedTokenIsRefused() {
        String token = withdrawn.token("app", "things:write");
        String other = successor.token("app", "things:write");
        try (IssuerServer issuer = new IssuerServer().publish(withdrawn);
                TestService service = TestService.start(
                        "heartline.security.mode=jwt",
                        "heartline.security.issuer.min-interval=300ms",
                        "spring.security.oauth2.resourceserver.jwt.jwk-set-uri=" + issuer.keysUri())) {
            await().atMost(TIMEOUT).until(() -> status(service, token) == 200);
            assertThat(status(service, token)).isEqualTo(200);

            issuer.publish(successor);
            await().atMost(TIMEOUT).until(() -> status(service, other) == 200); // the service has fetched the new keys

            // 503 until a later fetch confirms that the issuer no longer publishes the key
            assertThat(status(service, token)).isIn(401, 503);
            await().atMost(TIMEOUT).until(() -> status(service, token) == 401);
        }
    }

    private static int status(TestService service, String token) {
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
