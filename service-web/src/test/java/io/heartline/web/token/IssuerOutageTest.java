package io.heartline.web.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.web.IssuerServer;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Tests a service whose issuer fails and recovers. A valid token is never rejected with 401. Its answer does not wait for a fetch,
 * which takes 3 s while the issuer hangs.
 */
@Tag("slow")
@ExtendWith(OutputCaptureExtension.class)
class IssuerOutageTest extends AbstractIssuerTest {

    @ParameterizedTest
    @EnumSource
    void issuerDown_validTokensAreServed_then503_never401(IssuerServer.Fault fault, CapturedOutput log)
            throws Exception {
        start(
                "heartline.security.issuer.refresh=300ms",
                "heartline.security.issuer.min-interval=300ms",
                "heartline.security.issuer.timeout=3s",
                "heartline.security.issuer.max-age=4s");
        sendUntil(200, TOKENS); // the first answer of a JVM may be slow
        beginHostileTraffic();

        issuer.startFault(fault);
        List<Answer> tolerated = sendFor(A_SECOND, TOKENS);
        assertThat(tolerated).extracting(Answer::status).containsOnly(200);
        assertFast(tolerated);
        List<Answer> unknown = sendFor(A_SECOND, ROTATED);
        assertUnavailable(unknown);
        assertFast(unknown);

        List<Answer> ending = sendUntil(503, TOKENS);
        assertFast(ending);
        assertThat(ending).extracting(Answer::status).isSubsetOf(200, 503);
        List<Answer> over = sendFor(A_SECOND, TOKENS);
        assertUnavailable(over);
        assertFast(over);

        issuer.recover();
        List<Answer> back = sendUntil(200, TOKENS);
        assertThat(back).extracting(Answer::status).isSubsetOf(200, 503);
        assertFast(back);
        assertThat(hostileSuccesses).hasValue(0);
        assertThat(log.getAll().lines().filter(line -> line.contains("WARN")))
                .hasSize(1)
                .allMatch(line -> line.contains("The keys of " + issuer.keysUri() + " cannot be fetched"));
        await().untilAsserted(() -> assertThat(log.getAll().lines())
                .filteredOn(line -> line.contains("can be fetched again"))
                .hasSize(1));
    }

    @Test
    void startWhileIssuerHangs_answers503Immediately_thenServes() throws Exception {
        issuer.startFault(IssuerServer.Fault.HANGS);
        start("heartline.security.issuer.timeout=3s", "heartline.security.issuer.min-interval=300ms");
        beginHostileTraffic();

        List<Answer> before = sendFor(A_SECOND, TOKENS);
        assertUnavailable(before);
        assertFast(before);

        issuer.recover();
        assertThat(sendUntil(200, TOKENS)).extracting(Answer::status).isSubsetOf(200, 503);
    }
}
