package io.heartline.bench.load;

import io.heartline.bench.model.HttpCall;
import io.heartline.bench.result.Console;
import io.heartline.bench.result.Delays;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.NettyOutbound;
import reactor.netty.http.client.HttpClientRequest;

/**
 * Sends requests over persistent HTTP/1.1 connections, one at a time on each. It opens more connections when all are busy, so a
 * slow answer does not delay the next request.
 */
public final class RequestSender implements AutoCloseable {

    public final LongAdder accepted = new LongAdder();
    /** Requests with another status than the expected one, or without an answer. */
    public final LongAdder refused = new LongAdder();
    /** Nanoseconds from when a request was due until its answer, for the accepted ones. */
    public final Histogram delay = Delays.histogram();

    private final URI server;
    private final int expectedStatus;
    private final HttpClients http;

    /** @param expectedStatus of an accepted request */
    public RequestSender(URI server, int expectedStatus) {
        this.server = server;
        this.expectedStatus = expectedStatus;
        this.http = new HttpClients(server);
    }

    /** @param due when the request should have been sent, by {@link System#nanoTime} */
    public void send(HttpCall call, long due) {
        http.client
                .request(call.json() == null ? HttpMethod.GET : HttpMethod.POST)
                .uri(call.path())
                .send((request, outbound) -> write(call, request, outbound))
                .responseSingle((response, body) ->
                        body.then(Mono.just(response.status().code())))
                .subscribe(status -> count(status, due), e -> refuse(e.toString()));
    }

    private static Publisher<Void> write(HttpCall call, HttpClientRequest request, NettyOutbound outbound) {
        if (call.authorization() != null) {
            request.header(HttpHeaderNames.AUTHORIZATION, call.authorization());
        }
        if (call.json() == null) {
            return outbound;
        }
        request.header(HttpHeaderNames.CONTENT_TYPE, "application/json");
        if (call.eventId() != null) {
            request.header("ce-specversion", "1.0")
                    .header("ce-id", call.eventId())
                    .header("ce-source", "/bench")
                    .header("ce-type", "io.heartline.liked");
        }
        return outbound.sendByteArray(Mono.just(call.json())); // of a known length, so not chunked
    }

    private void count(int status, long due) {
        if (status == expectedStatus) {
            accepted.increment();
            delay.recordValue(System.nanoTime() - due);
        } else {
            refuse("it is answered with " + status);
        }
    }

    /** Counts a refused request, and reports the reason of the first one. */
    private void refuse(String why) {
        if (refused.sum() == 0) {
            Console.progress("a request to %s is refused: %s", server, why);
        }
        refused.increment();
    }

    /** Returns how many requests have an answer or failed. */
    public long answered() {
        return accepted.sum() + refused.sum();
    }

    /** Sets all counters and the histogram to zero. */
    public void reset() {
        accepted.reset();
        refused.reset();
        delay.reset();
    }

    @Override
    public void close() {
        http.close();
    }
}
