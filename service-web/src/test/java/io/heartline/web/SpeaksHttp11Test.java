package io.heartline.web;

import org.junit.jupiter.api.AfterAll;

class SpeaksHttp11Test implements SpeaksHttp11 {

    private static final Guarded SERVICE = Guarded.start(
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
