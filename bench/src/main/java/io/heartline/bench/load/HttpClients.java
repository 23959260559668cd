package io.heartline.bench.load;

import io.heartline.bench.model.IngestMethod;
import java.net.URI;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** An HTTP client with one thread and persistent connections, which closes both. */
final class HttpClients implements AutoCloseable {

    private static final int MAX_CONNECTIONS = 256;

    private final LoopResources loop = LoopResources.create("load", 1, true);
    private final ConnectionProvider connections = ConnectionProvider.builder("load")
            .maxConnections(MAX_CONNECTIONS)
            .pendingAcquireMaxCount(-1)
            .lifo() // few connections, all of them warm
            .build();
    final HttpClient client;

    HttpClients(URI server) {
        client = HttpClient.create(connections).runOn(loop).disableRetry(true).baseUrl(server.toString());
    }

    /** Returns a client whose requests have the headers of a method. The authorization is null if the server needs no token. */
    HttpClient posting(IngestMethod method, String authorization) {
        return client.headers(headers -> {
            headers.set("Content-Type", method.contentType());
            if (method.isCompressed()) {
                headers.set("Content-Encoding", "gzip");
            }
            if (authorization != null) {
                headers.set("Authorization", authorization);
            }
        });
    }

    @Override
    public void close() {
        connections.dispose();
        loop.dispose();
    }
}
