package io.heartline.producer.http;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/**
 * Handles {@code POST /v1/likes}: the content type decides whether the body is JSON, CloudEvents or a stream of likes. Headers of a
 * CloudEvent in binary mode make one like a CloudEvent.
 *
 * <p>Requests reach this handler by URL alone, without annotations, argument resolvers and codecs. Those would be a large part
 * of a like's cost.
 */
@Component
final class LikesHandler implements WebHandler {

    private static final List<MediaType> SUPPORTED_TYPES = List.of(
            MediaType.APPLICATION_JSON,
            MediaType.APPLICATION_NDJSON,
            CloudEventsHandler.STRUCTURED,
            CloudEventsHandler.BATCH);

    private final JsonLikesHandler jsonHandler;
    private final LikeStreamHandler streamHandler;
    private final CloudEventsHandler cloudEventsHandler;

    LikesHandler(JsonLikesHandler jsonHandler, LikeStreamHandler streamHandler, CloudEventsHandler cloudEventsHandler) {
        this.jsonHandler = jsonHandler;
        this.streamHandler = streamHandler;
        this.cloudEventsHandler = cloudEventsHandler;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        HttpMethod method = exchange.getRequest().getMethod();
        if (method != HttpMethod.POST) {
            return Mono.error(new MethodNotAllowedException(method, List.of(HttpMethod.POST)));
        }
        HttpHeaders headers = exchange.getRequest().getHeaders();
        MediaType type = contentType(headers);
        if (MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type)) {
            RequestBody body = RequestBody.of(exchange.getRequest());
            return CloudEventHeaders.arePresent(headers)
                    ? cloudEventsHandler.handleBinary(exchange, body)
                    : jsonHandler.handle(exchange, body);
        }
        if (CloudEventsHandler.STRUCTURED.equalsTypeAndSubtype(type)) {
            return cloudEventsHandler.handleStructured(exchange, RequestBody.of(exchange.getRequest()));
        }
        if (CloudEventsHandler.BATCH.equalsTypeAndSubtype(type)) {
            return cloudEventsHandler.handleBatch(exchange, RequestBody.of(exchange.getRequest()));
        }
        if (MediaType.APPLICATION_NDJSON.equalsTypeAndSubtype(type)) {
            CloudEventHeaders.requireNone(headers, MediaType.APPLICATION_NDJSON_VALUE);
            return streamHandler.handle(exchange, RequestBody.of(exchange.getRequest()));
        }
        return Mono.error(new UnsupportedMediaTypeStatusException(type, SUPPORTED_TYPES, null, method));
    }

    /** Returns null if the header is missing or is not a media type. */
    private static @Nullable MediaType contentType(HttpHeaders headers) {
        try {
            return headers.getContentType();
        } catch (InvalidMediaTypeException e) {
            return null;
        }
    }
}
