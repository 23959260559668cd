package io.heartline.producer.http;

import io.heartline.events.LikeEvent;
import io.heartline.producer.kafka.AppendSettings;
import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.kafka.LikeAppender.Appended;
import io.heartline.producer.kafka.LikeAppender.SentLike;
import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.trace.RequestSpan;
import io.heartline.web.limit.ConcurrencyLimit;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.Header;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Appends the event of a request with a single like to the log, and answers with its position. Any thread may use it. */
@Component
final class SingleLikeAppender {

    private final LikeAppender appender;
    private final ConcurrencyLimit singleLikeLimit;
    private final Duration ackTimeout;
    private final IngestMetrics metrics;

    SingleLikeAppender(
            LikeAppender appender, ConcurrencyLimit singleLikeLimit, AppendSettings settings, IngestMetrics metrics) {
        this.appender = appender;
        this.singleLikeLimit = singleLikeLimit;
        this.ackTimeout = settings.ackTimeout();
        this.metrics = metrics;
    }

    /**
     * Appends an event, waits for Kafka, and writes the answer 202.
     *
     * @param ingestRequest the request of the event
     * @param response its answer, which is written on the event loop
     * @return completes when the answer is written; fails with a {@link RefusedException} if the event is not in the log or may not
     *     be in it
     */
    Mono<Void> appendAndAnswer(LikeEvent event, IngestRequest ingestRequest, ServerHttpResponse response) {
        EventLoop loop = ResponseChannel.of(response).eventLoop();
        return appendAndAwait(event, ingestRequest.span(), loop).flatMap(answer -> {
            ingestRequest.preferences().addApplied(response.getHeaders(), false);
            return JsonAnswer.write(HttpStatus.ACCEPTED, answer, response);
        });
    }

    private Mono<byte[]> appendAndAwait(LikeEvent event, RequestSpan request, EventLoop loop) {
        ConcurrencyLimit.Permit permit = singleLikeLimit.acquire();
        long startNanos = System.nanoTime();
        RequestSpan span = request.startAppend();
        return append(event, span.headers())
                .flatMap(like -> awaitAcknowledgement(like, event.id(), loop, startNanos))
                .doOnError(span::recordError)
                .doFinally(end -> {
                    span.end();
                    permit.release();
                });
    }

    /** Completes when Kafka's client has accepted the like, on any thread. A cancelled like is not sent later. */
    private Mono<SentLike> append(LikeEvent event, List<Header> traceHeaders) {
        // not Mono.fromFuture, which reports an error after a cancellation to the hook for dropped errors
        return Mono.create(sink -> {
            CompletableFuture<SentLike> sent = appender.append(event, traceHeaders);
            sink.onDispose(() -> sent.cancel(false));
            sent.whenComplete((like, failure) -> {
                if (failure == null) {
                    sink.success(like);
                } else if (!sent.isCancelled()) {
                    sink.error(refusal(failure));
                }
            });
        });
    }

    /** Completes on the event loop, because Kafka's only thread must not write answers. */
    private Mono<byte[]> awaitAcknowledgement(SentLike like, String eventId, EventLoop loop, long startNanos) {
        return Mono.create(sink -> {
            // Kafka's producer lets a like time out, but not after an Error has ended its thread
            ScheduledFuture<?> deadline = loop.schedule(
                    () -> sink.error(RefusedException.unavailable(null)),
                    remainingMillis(startNanos),
                    TimeUnit.MILLISECONDS);
            sink.onDispose(() -> deadline.cancel(false));
            like.acknowledgement()
                    .whenComplete((appended, failure) -> loop.execute(() -> {
                        if (failure == null) {
                            metrics.acknowledged(appended.ackNanos());
                            metrics.accepted();
                            sink.success(acceptedJson(eventId, appended));
                        } else {
                            sink.error(refusal(failure));
                        }
                    }));
        });
    }

    /** Returns how long the caller still waits for Kafka. The ack timeout counts from the first attempt to send the like. */
    private long remainingMillis(long startNanos) {
        return Math.max(1, ackTimeout.minusNanos(System.nanoTime() - startNanos).toMillis());
    }

    private static RefusedException refusal(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof Exception known ? RefusedException.of(known) : RefusedException.unavailable(cause);
    }

    /** Neither an event id nor a position contains a character that JSON escapes. */
    private static byte[] acceptedJson(String eventId, Appended appended) {
        return ("{\"eventId\":\"" + eventId + "\",\"position\":\"" + appended.position() + "\"}")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
