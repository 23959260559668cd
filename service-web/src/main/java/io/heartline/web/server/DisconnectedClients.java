package io.heartline.web.server;

import io.heartline.web.problem.NativeResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;

/**
 * Ends requests that can get no response: the client has disconnected before its request was complete, or the server has already
 * answered a malformed body. Neither is a defect of the service. Spring would log an error with a stack trace for each, so any client
 * could fill the log.
 */
@Order(-3) // before the handlers that write a response
final class DisconnectedClients implements WebExceptionHandler {

    private static final Log log = LogFactory.getLog(DisconnectedClients.class);

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable e) {
        ServerHttpResponse response = exchange.getResponse();
        boolean isDisconnected = !response.isCommitted() && isDisconnected(e);
        if (!isDisconnected && !NativeResponse.isSentByServer(response)) {
            return Mono.error(e);
        }
        log.debug(exchange.getLogPrefix() + "no response can be sent", e);
        ServerRequestObservationContext.findCurrent(exchange.getAttributes())
                .ifPresent(observation -> observation.setConnectionAborted(true)); // so metrics do not count a success
        response.setStatusCode(null); // Spring would fail to send a status
        return Mono.empty();
    }

    /** Returns whether the client of this request has disconnected. A service wraps errors of its own connections. */
    private static boolean isDisconnected(Throwable e) {
        return e instanceof AbortedException || AbortedException.isConnectionReset(e);
    }
}
