package io.heartline.web.server;

import io.heartline.web.ConformsToHttp11;
import io.heartline.web.TestService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("captures the output of the JVM")
class Http11ConformanceTest implements ConformsToHttp11 {

    private static final TestService SERVICE = TestService.start(
            "management.endpoint.health.probes.enabled=true",
            "logging.level.reactor.netty.http.server.HttpServerOperations=error");

    @Override
    public int port() {
        return SERVICE.port("server");
    }

    @AfterAll
    static void stop() {
        SERVICE.close();
    }
}
