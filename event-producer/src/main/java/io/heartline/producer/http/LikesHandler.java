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
 * Handles {@code POST /v1/likes}: the content type decides whether the body is one like or a stream of likes.
 *
 * <p>Requests reach this handler by URL alone, without annotations, argument resolvers and codecs. Those would be a large part
 * of a like's cost.
 */
@Component
final class LikesHandler implements WebHandler {

    private static final List<MediaType> SUPPORTED_TYPES =
            List.of(MediaType.APPLICATION_JSON, MediaType.APPLICATION_NDJSON);

    private final SingleLikeHandler singleLikeHandler;
    private final LikeStreamHandler streamHandler;

    LikesHandler(SingleLikeHandler singleLikeHandler, LikeStreamHandler streamHandler) {
        this.singleLikeHandler = singleLikeHandler;
        this.streamHandler = streamHandler;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        HttpMethod method = exchange.getRequest().getMethod();
        if (method != HttpMethod.POST) {
            return Mono.error(new MethodNotAllowedException(method, List.of(HttpMethod.POST)));
        }
        MediaType type = contentType(exchange.getRequest().getHeaders());
        if (MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type)) {
            return singleLikeHandler.handle(exchange);
        }
        if (MediaType.APPLICATION_NDJSON.equalsTypeAndSubtype(type)) {
            return streamHandler.handle(exchange);
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
