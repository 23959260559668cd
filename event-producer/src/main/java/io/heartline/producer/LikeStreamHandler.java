package io.heartline.producer;

import io.heartline.web.CallerPermits;
import io.heartline.web.LingeringClose;
import io.heartline.web.RequestDeadline;
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

/** {@code POST /v1/likes} of many likes, one a line: opens a {@link LikeStream} and sends its results. */
@Component
final class LikeStreamHandler {

    private final Intakes intakes;
    private final LikeLog likes;
    private final Places streams;
    private final CallerPermits permits;
    private final LikeStreams open;
    private final LikeStream.Settings settings;
    private final IngestMetrics metrics;

    LikeStreamHandler(
            Intakes intakes,
            LikeLog likes,
            Places streams,
            CallerPermits permits,
            LikeStreams open,
            LikeStream.Settings settings,
            IngestMetrics metrics) {
        this.intakes = intakes;
        this.likes = likes;
        this.streams = streams;
        this.permits = permits;
        this.open = open;
        this.settings = settings;
        this.metrics = metrics;
    }

    Mono<Void> handle(ServerWebExchange exchange) {
        HttpServerResponse under = ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse());
        boolean isHttp10 = under.version().equals(HttpVersion.HTTP_1_0);
        if (isHttp10) {
            under.chunkedTransfer(false).keepAlive(false); // HTTP/1.0 has no chunks: the body ends with the connection
        }
        return intakes.of(exchange).flatMap(intake -> {
            ResultOptions options = ResultOptions.of(exchange.getRequest().getHeaders(), isHttp10);
            String caller = Intakes.limitKey(exchange, intake.caller());
            enter(caller);
            RequestDeadline.lift(LikesHandler.channel(exchange.getResponse())); // it has its own, see LikeStream
            return Mono.fromFuture(likes::opened)
                    .onErrorMap(RefusedException::unavailable)
                    .flatMap(isOpen -> stream(exchange, intake, options))
                    .doFinally(end -> leave(caller));
        });
    }

    /** @throws RefusedException if the caller has too many streams, or all callers together */
    private void enter(String caller) {
        if (!permits.tryAcquire(caller)) {
            throw RefusedException.tooManyStreams(permits.max());
        }
        try {
            streams.enter();
        } catch (RefusedException e) {
            permits.release(caller);
            throw e;
        }
    }

    private void leave(String caller) {
        permits.release(caller);
        streams.leave();
    }

    private Mono<Void> stream(ServerWebExchange exchange, Intake intake, ResultOptions options) {
        ServerHttpResponse response = exchange.getResponse();
        Channel channel = LikesHandler.channel(response);
        LikeStream stream = new LikeStream(
                exchange.getRequest().getBody(),
                intake,
                intakes.allowance(exchange, intake.caller()),
                options,
                likes,
                metrics,
                settings,
                channel);
        response.setStatusCode(HttpStatus.OK);
        response.getHeaders().setContentType(MediaType.APPLICATION_NDJSON);
        response.getHeaders().set("X-Accel-Buffering", "no"); // a proxy that gathers results would hold up the likes
        if (options.isMinimal()) {
            response.getHeaders().set("Preference-Applied", ResultOptions.MINIMAL);
        }
        open.add(stream);
        Flux<Mono<DataBuffer>> results = Flux.from(stream)
                .map(result -> Mono.<DataBuffer>just(response.bufferFactory().wrap(result)))
                .concatWith(Mono.defer(() -> stream.isConcluded() ? Mono.empty() : Mono.just(breakOff(channel))));
        // the head of the answer is sent with its first results
        return response.writeAndFlushWith(results).doFinally(end -> {
            open.remove(stream);
            stream.close();
            if (stream.isExpired()) {
                channel.eventLoop().execute(() -> closeWhenWritten(channel));
            }
        });
    }

    /** Closes the connection once the results before are written, so that the answer does not look as if it were whole. */
    private static Mono<DataBuffer> breakOff(Channel channel) {
        return Mono.<DataBuffer>never()
                .doOnSubscribe(subscription -> channel.eventLoop().execute(() -> closeWhenWritten(channel)));
    }

    private static void closeWhenWritten(Channel channel) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> LingeringClose.close(channel));
    }
}
