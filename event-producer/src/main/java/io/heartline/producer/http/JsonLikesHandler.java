package io.heartline.producer.http;

import io.heartline.producer.array.LikeArray;
import io.heartline.producer.like.EventFactory;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.RefusedException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Handles {@code POST /v1/likes} of JSON: the first byte of the body that is not whitespace decides between an array and one like. */
@Component
final class JsonLikesHandler {

    private final IngestRequestReader requestReader;
    private final EventFactory eventFactory;
    private final SingleLikeHandler singleLikeHandler;
    private final LikeArrayHandler arrayHandler;

    JsonLikesHandler(
            IngestRequestReader requestReader,
            EventFactory eventFactory,
            SingleLikeHandler singleLikeHandler,
            LikeArrayHandler arrayHandler) {
        this.requestReader = requestReader;
        this.eventFactory = eventFactory;
        this.singleLikeHandler = singleLikeHandler;
        this.arrayHandler = arrayHandler;
    }

    Mono<Void> handle(ServerWebExchange exchange, RequestBody body) {
        return requestReader.read(exchange).flatMap(ingestRequest -> {
            if (body.length() > LikeArray.MAX_BYTES) {
                return Mono.error(RefusedException.arrayTooLarge());
            }
            return body.length() >= 0 && body.length() <= IngestRequest.MAX_LIKE_BYTES
                    ? handleShort(exchange, ingestRequest, body.pieces())
                    : handleLong(exchange, ingestRequest, body);
        });
    }

    private Mono<Void> handleShort(ServerWebExchange exchange, IngestRequest ingestRequest, Flux<DataBuffer> pieces) {
        return SingleLikeHandler.join(pieces)
                .flatMap(bytes -> isArray(bytes)
                        ? arrayHandler.handle(
                                exchange,
                                ingestRequest,
                                Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(bytes)),
                                eventFactory::ofItem)
                        : singleLikeHandler.handle(exchange, ingestRequest, bytes));
    }

    private static boolean isArray(byte[] body) {
        int first = 0;
        while (first < body.length && LikeArray.isWhitespace(body[first])) {
            first++;
        }
        return first < body.length && body[first] == '[';
    }

    private Mono<Void> handleLong(ServerWebExchange exchange, IngestRequest ingestRequest, RequestBody body) {
        return Mono.using(
                () -> new JsonBodyReader(
                        body.length(),
                        before -> arrayHandler.open(exchange, ingestRequest, eventFactory::ofItem, before)),
                reader -> BodyPieces.readAll(body.pieces(), reader::add)
                        .then(Mono.defer(() -> reader.array() == null
                                ? singleLikeHandler.handle(exchange, ingestRequest, reader.like())
                                : arrayHandler.append(exchange, ingestRequest, reader.array()))),
                JsonBodyReader::close);
    }
}
