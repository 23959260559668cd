package io.heartline.bench.load;

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

    @Override
    public void close() {
        connections.dispose();
        loop.dispose();
    }
}
