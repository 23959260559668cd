package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.web.HostileRequests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What comes from no client of ours: refused, and no news for a log. */
@ExtendWith(OutputCaptureExtension.class)
class HostileRequestsIT extends ReadIT {

    private static final String JSON = "Content-Type: application/json\r\n";

    @Test
    void aRequestThatTwoServersCouldReadDifferently_isRefused() throws Exception {
        for (String ambiguous : HostileRequests.ambiguous()) {
            HostileRequests.assertRefused(ambiguous, HostileRequests.ask(port, "POST /graphql", JSON + ambiguous));
        }
    }

    @Test
    void aBodyInPiecesThatAreNone_isRefused_andIsNoDefect(CapturedOutput log) throws Exception {
        for (String broken : HostileRequests.brokenBodies()) {
            HostileRequests.assertRefused(broken, HostileRequests.ask(port, "POST /graphql", JSON + broken));
        }
        HostileRequests.assertLogIsQuiet(log.getAll());
    }

    @Test
    void noHeader_isADefect_orComesBack_orIsLogged(CapturedOutput log) throws Exception {
        for (String header : HostileRequests.headers()) {
            HostileRequests.assertTellsNothing(
                    header, HostileRequests.ask(port, "GET /v1/authors/alice/reports", header));
        }
        HostileRequests.assertLogIsQuiet(log.getAll());
    }

    @Test
    void noPath_leadsToAFile_orToAnothersData_orIsLogged(CapturedOutput log) throws Exception {
        for (String path : HostileRequests.paths()) {
            HostileRequests.assertRefused(path, HostileRequests.ask(port, "GET " + path, "\r\n"));
        }
        HostileRequests.assertLogIsQuiet(log.getAll());
    }

    @Test
    void aMethodThatNothingIsFor_isRefused_andNothingOfItComesBack() throws Exception {
        for (String method : HostileRequests.methods()) {
            String answer = HostileRequests.ask(
                    port, method + " /v1/authors/alice/reports", "Authorization: Bearer s3cr3t\r\n\r\n");

            HostileRequests.assertRefused(method, answer);
            assertThat(answer).doesNotContain("s3cr3t");
        }
    }
}
