package io.heartline.producer.http;

import io.heartline.producer.like.EventFactory;
import io.heartline.producer.like.LikeUrl;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/**
 * Handles {@code PUT} and {@code DELETE} of {@code /v1/posts/{postId}/likes/{likerId}?author=<authorId>[&at=<RFC 3339>]}, for like
 * buttons. PUT logs liked, DELETE logs unliked. Both log the event that a POST logs, and both are answered as a POST is. A body is
 * ignored and not read, so its size costs no memory.
 *
 * <p>HTTP calls both methods idempotent, so an intermediary or a client's library may repeat a request. Without a key each request
 * is another event. Clients that retry therefore send an {@code Idempotency-Key}: requests with the same caller, key and URL give the
 * same event id. If they also send {@code at}, a retry gives the same event, including its time. In the query, a plus sign is written
 * as {@code %2B}.
 */
@Component
final class LikeUrlHandler implements WebHandler {

    /** The pattern of the path. */
    static final String PATH = "/v1/posts/{postId}/likes/{likerId}";

    private static final List<HttpMethod> METHODS = List.of(HttpMethod.PUT, HttpMethod.DELETE);

    private final IngestRequestReader requestReader;
    private final EventFactory eventFactory;
    private final SingleLikeAppender appender;

    LikeUrlHandler(IngestRequestReader requestReader, EventFactory eventFactory, SingleLikeAppender appender) {
        this.requestReader = requestReader;
        this.eventFactory = eventFactory;
        this.appender = appender;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        HttpMethod method = exchange.getRequest().getMethod();
        if (!METHODS.contains(method)) {
            return Mono.error(new MethodNotAllowedException(method, METHODS));
        }
        return requestReader.read(exchange).flatMap(ingestRequest -> {
            requestReader.acquireRatePermits(exchange, ingestRequest.caller(), 1);
            return appender.appendAndAnswer(
                    eventFactory.ofUrl(ingestRequest, likeUrl(exchange)), ingestRequest, exchange.getResponse());
        });
    }

    private static LikeUrl likeUrl(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        Map<String, String> path = exchange.getRequiredAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
        return new LikeUrl(
                request.getMethod() == HttpMethod.PUT,
                path.get("postId"),
                path.get("likerId"),
                request.getQueryParams());
    }
}
