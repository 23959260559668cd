package io.heartline.producer.http;

import io.heartline.events.LikeEvent;
import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.stream.LikeStream;
import io.heartline.producer.trace.RequestSpan;
import io.heartline.web.limit.ConcurrencyLimit;
import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.Header;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * {@code POST /v1/likes}: one like, or a stream of them. Reached by URL alone and past Spring's codecs: what annotations and
 * their argument resolvers do for each request would be a good part of what a like costs.
 */
@Component
final class LikesHandler implements WebHandler {

    private static final List<MediaType> SUPPORTED_TYPES =
            List.of(MediaType.APPLICATION_JSON, MediaType.APPLICATION_NDJSON);

    private final IngestRequests ingestRequests;
    private final LikeAppender appender;
    private final ConcurrencyLimit singleLikeLimit;
    private final LikeStreamHandler streamHandler;
    private final LikeStream.Settings settings;
    private final IngestMetrics metrics;

    LikesHandler(
            IngestRequests ingestRequests,
            LikeAppender appender,
            ConcurrencyLimit singleLikeLimit,
            LikeStreamHandler streamHandler,
            LikeStream.Settings settings,
            IngestMetrics metrics) {
        this.ingestRequests = ingestRequests;
        this.appender = appender;
        this.singleLikeLimit = singleLikeLimit;
        this.streamHandler = streamHandler;
        this.settings = settings;
        this.metrics = metrics;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        HttpMethod method = exchange.getRequest().getMethod();
        if (method != HttpMethod.POST) {
            return Mono.error(new MethodNotAllowedException(method, List.of(HttpMethod.POST)));
        }
        MediaType type = contentType(exchange.getRequest().getHeaders());
        if (MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type)) {
            return handleSingle(exchange);
        }
        if (MediaType.APPLICATION_NDJSON.equalsTypeAndSubtype(type)) {
            return streamHandler.handle(exchange);
        }
        return Mono.error(new UnsupportedMediaTypeStatusException(type, SUPPORTED_TYPES, null, method));
    }

    /** Null if there is none, or what is there is no media type. */
    private static MediaType contentType(HttpHeaders headers) {
        try {
            return headers.getContentType();
        } catch (InvalidMediaTypeException e) {
            return null;
        }
    }

    private Mono<Void> handleSingle(ServerWebExchange exchange) {
        return ingestRequests.of(exchange).flatMap(ingestRequest -> {
            ingestRequests.acquireRatePermit(exchange, ingestRequest.caller());
            ServerHttpResponse response = exchange.getResponse();
            Channel channel = channelOf(response);
            return readBody(exchange.getRequest())
                    .flatMap(body -> append(ingestRequest.toEvent(body, 0, body.length), ingestRequest.span(), channel))
                    .flatMap(answer -> write(answer, response));
        });
    }

    private static Mono<byte[]> readBody(ServerHttpRequest request) {
        if (request.getHeaders().getContentLength() > IngestRequest.MAX_LIKE_BYTES) {
            return Mono.error(RefusedException.tooLarge());
        }
        return DataBufferUtils.join(request.getBody(), IngestRequest.MAX_LIKE_BYTES)
                .onErrorMap(DataBufferLimitException.class, e -> RefusedException.tooLarge())
                .defaultIfEmpty(DefaultDataBufferFactory.sharedInstance.wrap(new byte[0]))
                .map(buffer -> {
                    byte[] body = new byte[buffer.readableByteCount()];
                    buffer.read(body);
                    DataBufferUtils.release(buffer);
                    return body;
                });
    }

    private Mono<byte[]> append(LikeEvent event, RequestSpan request, Channel channel) {
        ConcurrencyLimit.Permit permit = singleLikeLimit.acquire();
        long startNanos = System.nanoTime();
        RequestSpan trace = request.startAppend();
        List<Header> headers = trace.headers();
        return tryAppend(event, headers, channel, startNanos)
                .onErrorResume(LogUnavailableException.class, e -> Mono.fromFuture(appender::whenAvailable)
                        .then(Mono.defer(() -> tryAppend(event, headers, channel, startNanos)))
                        .onErrorMap(failure -> !(failure instanceof RefusedException), RefusedException::unavailable))
                .doOnError(trace::recordError)
                .doFinally(end -> {
                    trace.end();
                    permit.release();
                });
    }

    /** Returns how long a caller still waits, whether for the log to be opened or for Kafka. */
    private long remainingMillis(long startNanos) {
        return Math.max(
                1,
                settings.ackTimeout().minusNanos(System.nanoTime() - startNanos).toMillis());
    }

    private Mono<byte[]> tryAppend(LikeEvent event, List<Header> trace, Channel channel, long startNanos) {
        return Mono.create(answer -> {
            long sentNanos = System.nanoTime();
            // Kafka's producer lets a like time out, but not after an Error has ended its thread
            ScheduledFuture<?> deadline = channel.eventLoop()
                    .schedule(
                            () -> answer.error(RefusedException.unavailable(null)),
                            remainingMillis(startNanos),
                            TimeUnit.MILLISECONDS);
            answer.onDispose(() -> deadline.cancel(false));
            // back on the connection's thread, which is where it is written, and not on Kafka's only one
            LikeAppender.AppendStatus status = appender.tryAppend(
                    event, trace, (position, failure) -> channel.eventLoop().execute(() -> {
                        if (failure == null) {
                            metrics.acknowledged(System.nanoTime() - sentNanos);
                            metrics.accepted();
                            answer.success(acceptedJson(event.id(), position.toString()));
                        } else {
                            answer.error(RefusedException.unavailable(failure));
                        }
                    }));
            switch (status) {
                case SENT -> {}
                case BUFFER_FULL ->
                    answer.error(RefusedException.overloaded("Kafka takes likes more slowly than they come."));
                case UNAVAILABLE -> answer.error(new LogUnavailableException());
            }
        });
    }

    /** Between here and there only. */
    private static final class LogUnavailableException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        LogUnavailableException() {
            super("the log is not open", null, false, false);
        }
    }

    /** Both are of characters that JSON has as they are. */
    private static byte[] acceptedJson(String eventId, String position) {
        return ("{\"eventId\":\"" + eventId + "\",\"position\":\"" + position + "\"}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static Mono<Void> write(byte[] json, ServerHttpResponse response) {
        response.setStatusCode(HttpStatus.ACCEPTED);
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        response.getHeaders().setContentLength(json.length);
        DataBuffer buffer = response.bufferFactory().wrap(json);
        return response.writeWith(Mono.just(buffer));
    }

    /** Returns the channel of a response. */
    static Channel channelOf(ServerHttpResponse response) {
        HttpServerResponse nativeResponse = ServerHttpResponseDecorator.getNativeResponse(response);
        Channel[] channel = new Channel[1];
        nativeResponse.withConnection(connection -> channel[0] = connection.channel());
        return channel[0];
    }
}
