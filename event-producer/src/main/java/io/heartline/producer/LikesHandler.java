package io.heartline.producer;

import io.heartline.events.LikeEvent;
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

    private static final List<MediaType> TYPES = List.of(MediaType.APPLICATION_JSON, MediaType.APPLICATION_NDJSON);

    private final Intakes intakes;
    private final LikeLog likes;
    private final Places singles;
    private final LikeStreamHandler streams;
    private final LikeStream.Settings settings;
    private final IngestMetrics metrics;

    LikesHandler(
            Intakes intakes,
            LikeLog likes,
            Places singles,
            LikeStreamHandler streams,
            LikeStream.Settings settings,
            IngestMetrics metrics) {
        this.intakes = intakes;
        this.likes = likes;
        this.singles = singles;
        this.streams = streams;
        this.settings = settings;
        this.metrics = metrics;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        HttpMethod method = exchange.getRequest().getMethod();
        if (method != HttpMethod.POST) {
            return Mono.error(new MethodNotAllowedException(method, List.of(HttpMethod.POST)));
        }
        MediaType type = type(exchange.getRequest().getHeaders());
        if (MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type)) {
            return one(exchange);
        }
        if (MediaType.APPLICATION_NDJSON.equalsTypeAndSubtype(type)) {
            return streams.handle(exchange);
        }
        return Mono.error(new UnsupportedMediaTypeStatusException(type, TYPES, null, method));
    }

    /** Null if there is none, or what is there is no media type. */
    private static MediaType type(HttpHeaders headers) {
        try {
            return headers.getContentType();
        } catch (InvalidMediaTypeException e) {
            return null;
        }
    }

    private Mono<Void> one(ServerWebExchange exchange) {
        return intakes.of(exchange).flatMap(intake -> {
            intakes.admit(exchange, intake.caller());
            ServerHttpResponse response = exchange.getResponse();
            Channel channel = channel(response);
            return body(exchange.getRequest())
                    .flatMap(body -> append(intake.event(body, 0, body.length), intake.trace(), channel))
                    .flatMap(answer -> write(answer, response));
        });
    }

    private static Mono<byte[]> body(ServerHttpRequest request) {
        if (request.getHeaders().getContentLength() > Intake.MOST_BYTES) {
            return Mono.error(RefusedException.tooLarge());
        }
        return DataBufferUtils.join(request.getBody(), Intake.MOST_BYTES)
                .onErrorMap(DataBufferLimitException.class, e -> RefusedException.tooLarge())
                .defaultIfEmpty(DefaultDataBufferFactory.sharedInstance.wrap(new byte[0]))
                .map(buffer -> {
                    byte[] body = new byte[buffer.readableByteCount()];
                    buffer.read(body);
                    DataBufferUtils.release(buffer);
                    return body;
                });
    }

    private Mono<byte[]> append(LikeEvent event, Trace request, Channel channel) {
        singles.enter();
        long since = System.nanoTime();
        Trace trace = request.append();
        List<Header> headers = trace.headers();
        return offer(event, headers, channel, since)
                .onErrorResume(LogClosedException.class, e -> Mono.fromFuture(likes::opened)
                        .flatMap(open -> offer(event, headers, channel, since))
                        .onErrorMap(trouble -> !(trouble instanceof RefusedException), RefusedException::unavailable))
                .doOnError(trace::failed)
                .doFinally(end -> {
                    trace.end();
                    singles.leave();
                });
    }

    /** Returns how long a caller still waits, whether for the log to be opened or for Kafka. */
    private long restMillis(long since) {
        return Math.max(
                1, settings.patience().minusNanos(System.nanoTime() - since).toMillis());
    }

    private Mono<byte[]> offer(LikeEvent event, List<Header> trace, Channel channel, long since) {
        return Mono.create(answer -> {
            long offered = System.nanoTime();
            // Kafka's producer lets a like time out, but not after an Error has ended its thread
            ScheduledFuture<?> deadline = channel.eventLoop()
                    .schedule(
                            () -> answer.error(RefusedException.unavailable(null)),
                            restMillis(since),
                            TimeUnit.MILLISECONDS);
            answer.onDispose(() -> deadline.cancel(false));
            // back on the connection's thread, which is where it is written, and not on Kafka's only one
            LikeLog.Offer offer = likes.offer(
                    event, trace, (position, failure) -> channel.eventLoop().execute(() -> {
                        if (failure == null) {
                            metrics.acknowledged(System.nanoTime() - offered);
                            metrics.accepted();
                            answer.success(accepted(event.id(), position.toString()));
                        } else {
                            answer.error(RefusedException.unavailable(failure));
                        }
                    }));
            switch (offer) {
                case taken -> {}
                case full -> answer.error(RefusedException.overloaded("Kafka takes likes more slowly than they come."));
                case closed -> answer.error(new LogClosedException());
            }
        });
    }

    /** Between here and there only. */
    private static final class LogClosedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        LogClosedException() {
            super("the log is not open", null, false, false);
        }
    }

    /** Both are of characters that JSON has as they are. */
    private static byte[] accepted(String eventId, String position) {
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
    static Channel channel(ServerHttpResponse response) {
        HttpServerResponse under = ServerHttpResponseDecorator.getNativeResponse(response);
        Channel[] channel = new Channel[1];
        under.withConnection(connection -> channel[0] = connection.channel());
        return channel[0];
    }
}
