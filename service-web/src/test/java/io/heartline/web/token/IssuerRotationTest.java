package io.heartline.web.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.web.TestService;
import io.heartline.web.UnsignedTokens;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests a service whose issuer rotates its keys. Only a token of a key that the issuer does not have is rejected with 401. */
class IssuerRotationTest extends AbstractIssuerTest {

    /** With the default settings, 5 s pass between two fetches. */
    @Test
    void keyRotation_tokenOfTheNewKeyIsNever401_andIsAcceptedWithin10Seconds() throws Exception {
        start();
        sendUntil(200, TOKENS); // the first answer of a JVM may be slow
        for (String madeUp : new String[] {"bogus-1", "bogus-2", "bogus-3"}) {
            assertThat(send(UnsignedTokens.ofKey(madeUp)).status()).isNotEqualTo(200);
        }
        beginHostileTraffic();

        issuer.publish(TOKENS, ROTATED);
        long rotated = System.nanoTime();
        List<Answer> answers = sendUntil(200, ROTATED);
        assertThat(Duration.ofNanos(System.nanoTime() - rotated)).isLessThan(Duration.ofSeconds(10));
        assertUnavailable(answers.subList(0, answers.size() - 1));
        assertFast(answers);
        assertThat(send(TOKENS).status()).isEqualTo(200);
        assertThat(hostileSuccesses).hasValue(0);
    }

    @Test
    void tokenOfAbsentKey_isRefusedAfterAFetch_despiteHostileTraffic() throws Exception {
        start("heartline.security.issuer.min-interval=500ms");
        sendUntil(200, TOKENS);
        beginHostileTraffic();

        String token = UnsignedTokens.ofKey("withdrawn");
        assertUnavailable(List.of(send(token)));
        await().until(() -> send(token).status() == 401);
    }

    @Test
    void tokenOfAnotherIssuer_isRefused() throws Exception {
        service = TestService.start(
                "heartline.security.mode=jwt", "spring.security.oauth2.resourceserver.jwt.issuer-uri=" + issuer.name());
        String good = TOKENS.token(
                claims -> claims.subject("app").issuer(issuer.name()).claim("scope", "things:write"));
        await().until(() -> send(good).status() == 200);

        assertThat(send(TOKENS).status()).isEqualTo(401);
        String otherKey = ROTATED.token(
                claims -> claims.subject("app").issuer(issuer.name()).claim("scope", "things:write"));
        await().until(() -> send(otherKey).status() == 401);
    }
}
