package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.web.problem.ApiException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

class ConnectionTokenTest {

    /** A token has more bytes than the rest of an idle connection. */
    @Test
    void connectionOfOneAuthor_holdsTheSubjectOfItsToken_andNotTheToken() {
        JwtAuthenticationToken token = token("alice");
        WeakReference<JwtAuthenticationToken> held = new WeakReference<>(token);
        ConnectionToken connection = new ConnectionToken(null, null, token, false);
        token = null;

        await().atMost(Duration.ofSeconds(30)).until(() -> {
            System.gc();
            return held.get() == null;
        });
        connection.replace(token("alice"), List.of());
        assertThatThrownBy(() -> connection.replace(token("bob"), List.of()))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        e -> assertThat(e.getStatusCode().value()).isEqualTo(403));
    }

    private static JwtAuthenticationToken token(String subject) {
        return new JwtAuthenticationToken(Jwt.withTokenValue("token-of-" + subject)
                .header("alg", "none")
                .subject(subject)
                .build());
    }
}
