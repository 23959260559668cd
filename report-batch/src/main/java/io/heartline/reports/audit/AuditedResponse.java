package io.heartline.reports.audit;

import java.util.function.Consumer;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A response that observes whether its body is sent. The end of the request is no proof: if the client disconnects, Reactor Netty
 * cancels the body and completes normally. Spring completes normally, too, if an error handler rethrows such an error.
 */
final class AuditedResponse extends ServerHttpResponseDecorator {

    private volatile boolean isBroken;
    private volatile boolean isStarted;

    AuditedResponse(ServerHttpResponse response) {
        super(response);
    }

    /**
     * Sets an action that is executed when the head of a stream of events is sent. Such a stream may never end.
     *
     * @param action receives this response
     */
    void onStreamStart(Consumer<AuditedResponse> action) {
        beforeCommit(() -> Mono.fromRunnable(() -> {
            if (MediaType.TEXT_EVENT_STREAM.isCompatibleWith(getHeaders().getContentType())) {
                isStarted = true;
                action.accept(this);
            }
        }));
    }

    /** Returns whether the response is a stream of events whose head was sent. */
    boolean isStartedStream() {
        return isStarted;
    }

    /** Returns whether the body was neither cancelled nor failed. */
    boolean isWhole() {
        return !isBroken;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        // only a Mono is sent with its length. It has one part, so nothing remains to be cancelled
        return super.writeWith(body instanceof Mono ? body : observed(body)).doOnError(e -> isBroken = true);
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return super.writeAndFlushWith(observed(body)).doOnError(e -> isBroken = true);
    }

    private <T> Flux<T> observed(Publisher<T> body) {
        return Flux.from(body).doOnCancel(() -> isBroken = true);
    }
}
