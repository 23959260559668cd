package io.heartline.producer.http;

import io.heartline.producer.array.ArrayAppend;
import io.heartline.producer.array.ItemParser;
import io.heartline.producer.array.LikeArray;
import io.heartline.producer.kafka.AppendSettings;
import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.trace.RequestSpan;
import io.heartline.web.limit.ConcurrencyLimit;
import io.netty.channel.EventLoop;
import java.time.Duration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Handles {@code POST /v1/likes} of a JSON array: reads all items, appends them, and answers with one result per item. */
@Component
final class LikeArrayHandler {

    private final IngestRequestReader requestReader;
    private final LikeAppender appender;
    private final ConcurrencyLimit arrayLimit;
    private final Duration ackTimeout;
    private final IngestMetrics metrics;

    LikeArrayHandler(
            IngestRequestReader requestReader,
            LikeAppender appender,
            ConcurrencyLimit arrayLimit,
            AppendSettings settings,
            IngestMetrics metrics) {
        this.requestReader = requestReader;
        this.appender = appender;
        this.arrayLimit = arrayLimit;
        this.ackTimeout = settings.ackTimeout();
        this.metrics = metrics;
    }

    /**
     * An array that is read or appended.
     *
     * @param permit held until {@link #close}
     */
    record OpenArray(LikeArray items, ConcurrencyLimit.Permit permit) implements AutoCloseable {

        @Override
        public void close() {
            permit.release();
        }
    }

    /**
     * Handles a request whose body has to be an array.
     *
     * @param body the body without content coding
     * @param parser creates the events of the items
     */
    Mono<Void> handle(
            ServerWebExchange exchange, IngestRequest ingestRequest, Flux<DataBuffer> body, ItemParser parser) {
        return Mono.using(
                () -> open(exchange, ingestRequest, parser, 0),
                array -> BodyPieces.readAll(body, array.items()::add)
                        .then(Mono.defer(() -> append(exchange, ingestRequest, array))),
                OpenArray::close);
    }

    /**
     * Opens an array. The caller has to close it.
     *
     * @param whitespaceBytes number of bytes, all whitespace, that were read from the body before
     * @throws RefusedException if the maximum number of arrays is open
     */
    OpenArray open(ServerWebExchange exchange, IngestRequest ingestRequest, ItemParser parser, long whitespaceBytes) {
        String caller = IngestRequestReader.limitKey(exchange, ingestRequest.caller());
        return new OpenArray(new LikeArray(ingestRequest, parser, whitespaceBytes), arrayLimit.acquire(caller));
    }

    /**
     * Appends an array whose body has ended, and answers.
     *
     * @throws RefusedException if the array is incomplete, or the rate limit refuses its likes
     */
    Mono<Void> append(ServerWebExchange exchange, IngestRequest ingestRequest, OpenArray array) {
        array.items().endBody();
        requestReader.acquireRatePermits(
                exchange, ingestRequest.caller(), array.items().size());
        ServerHttpResponse response = exchange.getResponse();
        EventLoop loop = ResponseChannel.of(response).eventLoop();
        RequestSpan span = ingestRequest.span().startAppend();
        return append(new ArrayAppend(array.items(), appender, metrics, span, ackTimeout, loop))
                .doFinally(end -> span.end())
                .flatMap(answer -> {
                    ingestRequest.preferences().addApplied(response.getHeaders(), false);
                    return JsonAnswer.write(HttpStatus.OK, answer, response);
                });
    }

    private static Mono<byte[]> append(ArrayAppend append) {
        return Mono.create(sink -> {
            sink.onDispose(append::cancel);
            append.start().whenComplete((answer, failure) -> {
                if (failure == null) {
                    sink.success(answer);
                } else {
                    sink.error(failure);
                }
            });
        });
    }
}
