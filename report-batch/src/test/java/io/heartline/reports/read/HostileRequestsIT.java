package io.heartline.reports.read;

import io.heartline.events.Contract;
import io.heartline.web.ConformsToHttp11;
import io.heartline.web.HostileRequests;
import io.heartline.web.WithstandsHostileRequests;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.test.context.TestPropertySource;

/** Malformed and hostile requests are refused, and are not logged as errors. */
@TestPropertySource(properties = "server.forward-headers-strategy=native")
@Isolated("captures the output of the JVM")
class HostileRequestsIT extends AbstractReadApiIT implements WithstandsHostileRequests, ConformsToHttp11 {

    @Override
    public int port() {
        return port;
    }

    @Override
    public String target() {
        return "/v1/authors/alice/reports";
    }

    @Override
    public List<String> resources() {
        return Contract.of("report-batch.yaml").paths();
    }

    @Override
    public String withBody() {
        return "POST /graphql";
    }

    @Override
    public String bodyHeaders() {
        return "Content-Type: application/json\r\n";
    }

    @Test
    void malformedChunks_areRefused_andNotLoggedAsAnError(CapturedOutput log) throws Exception {
        for (String broken : HostileRequests.brokenBodies()) {
            HostileRequests.assertRefused(broken, HostileRequests.send(port, withBody(), bodyHeaders() + broken));
        }
        HostileRequests.assertLogIsQuiet(log.getAll());
    }
}
