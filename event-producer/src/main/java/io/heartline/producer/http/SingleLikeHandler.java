package io.heartline.producer.http;

import io.heartline.events.LikeEvent;
import io.heartline.producer.like.EventFactory;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.RefusedException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Handles {@code POST /v1/likes} of one like: appends it to the log and answers with its position. */
@Component
final class SingleLikeHandler {

    private final IngestRequestReader requestReader;
    private final EventFactory eventFactory;
    private final SingleLikeAppender appender;

    SingleLikeHandler(IngestRequestReader requestReader, EventFactory eventFactory, SingleLikeAppender appender) {
        this.requestReader = requestReader;
        this.eventFactory = eventFactory;
        this.appender = appender;
    }

    /** Creates the event of a request from its body. */
    interface EventReader {

        /** @throws RefusedException if the body does not have the form that the reader reads */
        LikeEvent read(IngestRequest request, byte[] bytes, int offset, int length);
    }

    Mono<Void> handle(ServerWebExchange exchange, RequestBody requestBody) {
        return handle(exchange, requestBody, eventFactory::ofBody);
    }

    Mono<Void> handle(ServerWebExchange exchange, RequestBody requestBody, EventReader eventReader) {
        return requestReader.read(exchange).flatMap(ingestRequest -> {
            requestReader.acquireRatePermits(exchange, ingestRequest.caller(), 1);
            return readBody(requestBody)
                    .flatMap(body -> appender.appendAndAnswer(
                            eventReader.read(ingestRequest, body, 0, body.length),
                            ingestRequest,
                            exchange.getResponse()));
        });
    }

    private static Mono<byte[]> readBody(RequestBody requestBody) {
        if (requestBody.length() > IngestRequest.MAX_LIKE_BYTES) {
            return Mono.error(RefusedException.tooLarge());
        }
        return DataBufferUtils.join(requestBody.pieces(), IngestRequest.MAX_LIKE_BYTES)
                .onErrorMap(DataBufferLimitException.class, e -> RefusedException.tooLarge())
                .defaultIfEmpty(DefaultDataBufferFactory.sharedInstance.wrap(new byte[0]))
                .map(buffer -> {
                    byte[] body = new byte[buffer.readableByteCount()];
                    buffer.read(body);
                    DataBufferUtils.release(buffer);
                    return body;
                });
    }
}
