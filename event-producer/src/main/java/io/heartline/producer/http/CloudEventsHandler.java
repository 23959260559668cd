package io.heartline.producer.http;

import io.heartline.producer.like.CloudEventFactory;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Handles {@code POST /v1/likes} of CloudEvents 1.0, in the three modes of the HTTP protocol binding. */
@Component
final class CloudEventsHandler {

    /** One CloudEvent in structured mode. */
    static final MediaType STRUCTURED = new MediaType("application", "cloudevents+json");

    /** An array of CloudEvents. */
    static final MediaType BATCH = new MediaType("application", "cloudevents-batch+json");

    private final IngestRequestReader requestReader;
    private final SingleLikeHandler singleLikeHandler;
    private final LikeArrayHandler arrayHandler;
    private final CloudEventFactory eventFactory;

    CloudEventsHandler(
            IngestRequestReader requestReader,
            SingleLikeHandler singleLikeHandler,
            LikeArrayHandler arrayHandler,
            CloudEventFactory eventFactory) {
        this.requestReader = requestReader;
        this.singleLikeHandler = singleLikeHandler;
        this.arrayHandler = arrayHandler;
        this.eventFactory = eventFactory;
    }

    /** Handles a like whose headers are those of a CloudEvent. */
    Mono<Void> handleBinary(ServerWebExchange exchange, RequestBody body) {
        return singleLikeHandler.handle(
                exchange, body, CloudEventHeaders.reader(exchange.getRequest().getHeaders(), eventFactory));
    }

    /** Handles a CloudEvent that has the like in it. */
    Mono<Void> handleStructured(ServerWebExchange exchange, RequestBody body) {
        return singleLikeHandler.handle(exchange, body, eventFactory::ofStructured);
    }

    /** Handles a batch, which is answered like an array of likes. */
    Mono<Void> handleBatch(ServerWebExchange exchange, RequestBody body) {
        CloudEventHeaders.requireNone(exchange.getRequest().getHeaders(), BATCH.toString());
        return requestReader.read(exchange).flatMap(ingestRequest -> {
            CloudEventFactory.requireNoKey(ingestRequest);
            return arrayHandler.handle(exchange, ingestRequest, body.pieces(), eventFactory::ofBatchItem);
        });
    }
}
