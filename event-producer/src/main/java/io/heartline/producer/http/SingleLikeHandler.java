package io.heartline.producer.http;

import io.heartline.events.LikeEvent;
import io.heartline.producer.like.EventFactory;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.RefusedException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
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

    /** Reads the body, of at most 16 KiB, and handles the request. */
    Mono<Void> handle(ServerWebExchange exchange, RequestBody body, EventReader eventReader) {
        return requestReader
                .read(exchange)
                .flatMap(ingestRequest -> body.length() > IngestRequest.MAX_LIKE_BYTES
                        ? Mono.error(RefusedException.tooLarge())
                        : join(body.pieces()).flatMap(bytes -> handle(exchange, ingestRequest, bytes, eventReader)));
    }

    /**
     * Handles the request of a like that is no CloudEvent.
     *
     * @param body the whole body, at most 16 KiB
     * @throws RefusedException if the rate limit refuses the like, or the body is not a like
     */
    Mono<Void> handle(ServerWebExchange exchange, IngestRequest ingestRequest, byte[] body) {
        return handle(exchange, ingestRequest, body, eventFactory::ofBody);
    }

    private Mono<Void> handle(
            ServerWebExchange exchange, IngestRequest ingestRequest, byte[] body, EventReader eventReader) {
        requestReader.acquireRatePermits(exchange, ingestRequest.caller(), 1);
        LikeEvent event = eventReader.read(ingestRequest, body, 0, body.length);
        return appender.appendAndAnswer(event, ingestRequest, exchange.getResponse());
    }

    /** Joins the pieces of a body of at most 16 KiB. Most likes arrive in one piece. */
    static Mono<byte[]> join(Flux<DataBuffer> pieces) {
        return DataBufferUtils.join(pieces, IngestRequest.MAX_LIKE_BYTES)
                .onErrorMap(DataBufferLimitException.class, e -> RefusedException.tooLarge())
                .defaultIfEmpty(DefaultDataBufferFactory.sharedInstance.wrap(new byte[0]))
                .map(joined -> {
                    byte[] bytes = new byte[joined.readableByteCount()];
                    joined.read(bytes);
                    DataBufferUtils.release(joined);
                    return bytes;
                });
    }
}
