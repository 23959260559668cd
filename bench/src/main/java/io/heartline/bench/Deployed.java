package io.heartline.bench;

import java.net.URI;
import java.util.Optional;

/**
 * A target at work: the server that is followed and, where that cannot read Kafka, what brings it the likes.
 *
 * @param nginx how the server was started, if it is one
 */
record Deployed(ServerProcess server, Optional<ServerProcess> publisher, Optional<Nginx> nginx)
        implements AutoCloseable {

    /** A server that reads Kafka itself. */
    static Deployed alone(ServerProcess server) {
        return new Deployed(server, Optional.empty(), Optional.empty());
    }

    URI likesOf(String author) {
        return server.likesOf(author);
    }

    /** CPU that all of it has used so far. */
    double cpuSeconds() {
        return server.cpuSeconds() + publisher.map(ServerProcess::cpuSeconds).orElse(0.0);
    }

    /** As gently as it can be stopped: by SIGTERM, on which nginx would drop everything at once, or by its own signal. */
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
