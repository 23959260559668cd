package io.heartline.reports.http;

import io.heartline.web.server.ResponseDeadline;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ReactiveHttpOutputMessage;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A response with server-sent events. */
public final class EventStreamResponse {

    private static final String BUFFERING = "X-Accel-Buffering";

    private EventStreamResponse() {}

    /**
     * Creates the response of a request.
     *
     * @param request the request; {@code HEAD} gets the head alone, and its events are not subscribed to
     * @param events the events, each as it is sent. If they fail before the first one, the response becomes a refusal
     * @return the response
     */
    public static Mono<ServerResponse> of(ServerRequest request, Flux<byte[]> events) {
        ServerResponse.BodyBuilder response = ServerResponse.ok()
                .contentType(MediaType.TEXT_EVENT_STREAM)
                .cacheControl(CacheControl.noStore())
                .varyBy(HttpHeaders.ACCEPT)
                .header(BUFFERING, "no"); // otherwise nginx buffers events
        if (request.method().equals(HttpMethod.HEAD)) {
            return response.build();
        }
        return response.body((message, context) -> {
            ResponseDeadline.coverStream(message);
            return message.writeAndFlushWith(events.doOnError(refusal -> removeBuffering(message))
                    .map(event -> Mono.just(message.bufferFactory().wrap(event))));
        });
    }

    /** Removes the stream's header from the response that a refusal becomes. */
    private static void removeBuffering(ReactiveHttpOutputMessage message) {
        if (!message.isCommitted()) {
            message.getHeaders().remove(BUFFERING);
        }
    }
}
