package io.heartline.web.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.web.CapturedLog;
import io.heartline.web.IssuerServer.Fault;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;

/**
 * Tests a service whose issuer hangs and recovers. A valid token is never rejected with 401. Its answer does not wait for a fetch,
 * which takes 3 s while the issuer hangs. In a class beside {@link IssuerOutageTest}, so that both run at the same time.
 */
@Tag("slow")
@Execution(ExecutionMode.CONCURRENT) // each test waits for 8 s
@ExtendWith(CapturedLog.class)
class SilentIssuerTest extends AbstractIssuerTest {

    @ParameterizedTest
    @EnumSource(names = {"HANGS", "TRICKLES"})
    void issuerSilent_validTokensAreServed_then503_never401(Fault fault, CapturedOutput log) throws Exception {
        failAndRecover(fault, log);
    }

    @Test
    void startWhileIssuerHangs_answers503Immediately_thenServes() throws Exception {
        issuer.startFault(Fault.HANGS);
        start("heartline.security.issuer.timeout=3s", "heartline.security.issuer.min-interval=300ms");
        beginHostileTraffic();

        List<Answer> before = sendFor(A_SECOND, TOKENS);
        assertUnavailable(before);
        assertFast(before);

        issuer.recover();
        assertThat(sendUntil(200, TOKENS)).extracting(Answer::status).isSubsetOf(200, 503);
    }
}
