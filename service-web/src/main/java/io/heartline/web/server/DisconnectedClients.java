package io.heartline.web.server;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Who left in the middle of his request, and whose body is none, which the server has told him already, cannot be answered. No
 * defect of ours: Spring would log an error with all its frames for each, by which anybody could fill the log.
 */
@Order(-3) // before whatever makes an answer of an error
final class DisconnectedClients implements WebExceptionHandler {

    private static final Log log = LogFactory.getLog(DisconnectedClients.class);

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable e) {
        ServerHttpResponse response = exchange.getResponse();
        boolean isDisconnected = !response.isCommitted() && isDisconnected(e);
        if (!isDisconnected && !isAnsweredByServer(response)) {
            return Mono.error(e);
        }
        log.debug(exchange.getLogPrefix() + "there is nobody to answer", e);
        ServerRequestObservationContext.findCurrent(exchange.getAttributes())
                .ifPresent(observation -> observation.setConnectionAborted(true)); // it counts as no success
        response.setStatusCode(null); // it cannot be sent any more, and to try fails
        return Mono.empty();
    }

    /** Said of the request itself: what our own calls come upon has been made something else of by now. */
    private static boolean isDisconnected(Throwable e) {
        return e instanceof AbortedException || AbortedException.isConnectionReset(e);
    }

    /** Headers are sent, and not those of this response, which could not be told any status by then. */
    private static boolean isAnsweredByServer(ServerHttpResponse response) {
        return ServerHttpResponseDecorator.getNativeResponse(response) instanceof HttpServerResponse nettyResponse
                && nettyResponse.hasSentHeaders()
                && response.setStatusCode(response.getStatusCode());
    }
}
