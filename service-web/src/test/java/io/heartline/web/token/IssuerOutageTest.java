package io.heartline.web.token;

import io.heartline.web.CapturedLog;
import io.heartline.web.IssuerServer.Fault;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;

/** Tests a service whose issuer answers with errors or does not listen, and recovers. A valid token is never rejected with 401. */
@Tag("slow")
@ExtendWith(CapturedLog.class)
class IssuerOutageTest extends AbstractIssuerTest {

    @ParameterizedTest
    @EnumSource(names = {"FAILS", "REFUSES"})
    void issuerDown_validTokensAreServed_then503_never401(Fault fault, CapturedOutput log) throws Exception {
        failAndRecover(fault, log);
    }
}
