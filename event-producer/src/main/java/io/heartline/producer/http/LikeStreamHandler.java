package io.heartline.producer.http;

import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.like.EventFactory;
import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.stream.LikeStream;
import io.heartline.producer.stream.OpenStreams;
import io.heartline.producer.stream.ResultOptions;
import io.heartline.producer.stream.StreamSettings;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.server.LingeringClose;
import io.heartline.web.server.RequestDeadline;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpVersion;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** Handles {@code POST /v1/likes} of many likes, one a line: opens a {@link LikeStream} and writes its results. */
@Component
final class LikeStreamHandler {

    private final IngestRequestReader requestReader;
    private final EventFactory eventFactory;
    private final LikeAppender appender;
    private final ConcurrencyLimit streamLimit;
    private final OpenStreams openStreams;
    private final StreamSettings settings;
    private final IngestMetrics metrics;

    LikeStreamHandler(
            IngestRequestReader requestReader,
            EventFactory eventFactory,
            LikeAppender appender,
            ConcurrencyLimit streamLimit,
            OpenStreams openStreams,
            StreamSettings settings,
            IngestMetrics metrics) {
        this.requestReader = requestReader;
        this.eventFactory = eventFactory;
        this.appender = appender;
        this.streamLimit = streamLimit;
        this.openStreams = openStreams;
        this.settings = settings;
        this.metrics = metrics;
    }

    Mono<Void> handle(ServerWebExchange exchange, RequestBody body) {
        HttpServerResponse nativeResponse = ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse());
        boolean isHttp10 = nativeResponse.version().equals(HttpVersion.HTTP_1_0);
        if (isHttp10) {
            nativeResponse
                    .chunkedTransfer(false)
                    .keepAlive(false); // HTTP/1.0 has no chunks, so the body ends with the connection
        }
        return requestReader.read(exchange).flatMap(ingestRequest -> {
            ResultOptions options = ResultOptions.of(exchange.getRequest().getHeaders(), body.length(), isHttp10);
            String caller = IngestRequestReader.limitKey(exchange, ingestRequest.caller());
            ConcurrencyLimit.Permit permit = streamLimit.acquire(caller);
            RequestDeadline.lift(ResponseChannel.of(exchange.getResponse())); // a stream has a stall timeout instead
            return Mono.fromFuture(appender::whenAvailable)
                    .onErrorMap(RefusedException::unavailable)
                    .then(Mono.defer(() -> stream(exchange, body, ingestRequest, options)))
                    .doFinally(end -> permit.release());
        });
    }

    private Mono<Void> stream(
            ServerWebExchange exchange, RequestBody body, IngestRequest ingestRequest, ResultOptions options) {
        ServerHttpResponse response = exchange.getResponse();
        Channel channel = ResponseChannel.of(response);
        LikeStream stream = new LikeStream(
                body.pieces(),
                ingestRequest,
                eventFactory,
                requestReader.rateLimiter(exchange, ingestRequest.caller()),
                options,
                appender,
                metrics,
                settings,
                channel);
        response.setStatusCode(HttpStatus.OK);
        response.getHeaders().setContentType(MediaType.APPLICATION_NDJSON);
        response.getHeaders().set("X-Accel-Buffering", "no"); // a proxy that buffers results would slow down the likes
        ingestRequest.preferences().addApplied(response.getHeaders(), true);
        requestReader.addRateLimit(exchange, ingestRequest.caller()); // as it is before the first line
        openStreams.add(stream);
        Flux<Mono<DataBuffer>> results = Flux.from(stream)
                .map(result -> Mono.<DataBuffer>just(response.bufferFactory().wrap(result)))
                .concatWith(
                        Mono.defer(() -> stream.isConcluded() ? Mono.empty() : Mono.just(closeAfterResults(channel))));
        // the head of the answer is sent with the first results
        return response.writeAndFlushWith(results).doFinally(end -> {
            openStreams.remove(stream);
            stream.close();
            if (stream.isRefused()) {
                channel.eventLoop().execute(() -> flushAndClose(channel));
            }
        });
    }

    /** Closes the connection after the results are written, so that no client takes the answer for complete. */
    private static Mono<DataBuffer> closeAfterResults(Channel channel) {
        return Mono.<DataBuffer>never()
                .doOnSubscribe(subscription -> channel.eventLoop().execute(() -> flushAndClose(channel)));
    }

    private static void flushAndClose(Channel channel) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> LingeringClose.close(channel));
    }
}
