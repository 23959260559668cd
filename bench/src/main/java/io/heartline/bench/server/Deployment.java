package io.heartline.bench.server;

import java.util.Optional;

/**
 * A running target: the server that clients follow and, for nchan, the publisher that reads Kafka for it.
 *
 * @param nginx the configuration of the server; empty unless it is nginx
 */
public record Deployment(ServerProcess server, Optional<ServerProcess> publisher, Optional<Nginx> nginx)
        implements AutoCloseable {

    /** Returns a deployment of a server that reads Kafka itself. */
    static Deployment alone(ServerProcess server) {
        return new Deployment(server, Optional.empty(), Optional.empty());
    }

    /** Returns the CPU that its processes have used so far, in seconds. */
    public double cpuSeconds() {
        return server.cpuSeconds() + publisher.map(ServerProcess::cpuSeconds).orElse(0.0);
    }

    /** Stops gracefully: by SIGTERM, or nginx by SIGQUIT, because on SIGTERM it would drop all connections. */
    @Override
    public void close() {
        if (nginx.isPresent()) {
            server.quit();
        }
        publisher.ifPresent(ServerProcess::close);
        server.close();
        nginx.ifPresent(Nginx::close);
    }
}
