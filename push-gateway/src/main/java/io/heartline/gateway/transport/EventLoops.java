package io.heartline.gateway.transport;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.http.server.HttpServerRequest;

/** Finds event loops. */
public final class EventLoops {

    private EventLoops() {}

    /**
     * Returns the event loop of a request's connection.
     *
     * @param request a request that Reactor Netty has received
     * @return the one thread on which the connection is read and written
     */
    public static ScheduledExecutorService of(ServerHttpRequest request) {
        HttpServerRequest http = ServerHttpRequestDecorator.getNativeRequest(request);
        AtomicReference<ScheduledExecutorService> loop = new AtomicReference<>();
        http.withConnection(connection -> loop.set(connection.channel().eventLoop()));
        return loop.get();
    }
}
