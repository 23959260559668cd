package io.heartline.reports.webhook;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** Sends messages to the receiver, each as one POST, and follows no redirect. Thread-safe. */
final class WebhookClient implements AutoCloseable {

    private static final Duration MAX_CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** Many servers close idle connections after less than a minute. */
    private static final Duration MAX_IDLE = Duration.ofSeconds(10);

    /** A longer body is no acknowledgement, but for example a page of a proxy. It is not read to its end. */
    private static final int MAX_BODY_BYTES = 64 * 1024;

    private final WebhookUrl url;
    private final Signer signer;
    private final Duration timeout;
    private final InstantSource clock;
    // of its own, since a slow name server or handshake must not delay requests
    private final LoopResources loop = LoopResources.create("webhook-http", 1, true);
    private final ConnectionProvider connections;
    private final HttpClient http;

    /**
     * Creates a client without connections.
     *
     * @param timeout for one request, from the connection to the end of the response
     * @param requests the maximum number of concurrent requests
     * @param clock sets the timestamp of each attempt
     */
    WebhookClient(WebhookUrl url, Signer signer, Duration timeout, int requests, InstantSource clock) {
        this.url = url;
        this.signer = signer;
        this.timeout = timeout;
        this.clock = clock;
        this.connections = ConnectionProvider.builder("webhook")
                .maxConnections(requests)
                .maxIdleTime(MAX_IDLE)
                .build();
        Duration connectTimeout = timeout.compareTo(MAX_CONNECT_TIMEOUT) < 0 ? timeout : MAX_CONNECT_TIMEOUT;
        this.http = HttpClient.create(connections)
                .runOn(loop)
                .resolver(DefaultAddressResolverGroup.INSTANCE)
                .proxyWithSystemProperties()
                .followRedirect(false)
                .disableRetry(true) // each attempt counts, and has its own timestamp
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis());
    }

    /** Returns the receiver's scheme, host and port, for logs. */
    String origin() {
        return url.origin();
    }

    /** Sends a message when it is subscribed to. If it is cancelled, the connection is closed. Never fails. */
    Mono<Outcome> post(Message message) {
        return Mono.defer(() -> attempt(message)).timeout(timeout).onErrorResume(e -> Mono.just(failure(e)));
    }

    private Mono<Outcome> attempt(Message message) {
        long timestamp = clock.instant().getEpochSecond();
        String signature = signer.sign(message.id(), timestamp, message.body());
        return http.headers(headers -> headers(headers, message, timestamp, signature))
                .post()
                .uri(url.uri())
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(message.body())))
                .response((response, body) -> length(body).map(bytes -> outcome(response, bytes)))
                .single();
    }

    private static void headers(HttpHeaders headers, Message message, long timestamp, String signature) {
        headers.set(HttpHeaderNames.CONTENT_TYPE, Message.CONTENT_TYPE)
                .set(HttpHeaderNames.USER_AGENT, "heartline")
                .set("webhook-id", message.id())
                .set("webhook-timestamp", Long.toString(timestamp))
                .set("webhook-signature", signature);
    }

    /** Returns the length of the body, or a number over the maximum without reading the rest. */
    private static Mono<Long> length(Flux<ByteBuf> body) {
        return body.map(ByteBuf::readableBytes)
                .scan(0L, Long::sum)
                .takeUntil(bytes -> bytes > MAX_BODY_BYTES)
                .last();
    }

    private Outcome outcome(HttpClientResponse response, long bodyBytes) {
        String retryAfter = response.responseHeaders().get(HttpHeaderNames.RETRY_AFTER);
        Outcome outcome = Outcome.of(response.status().code(), retryAfter, clock.instant());
        return outcome.isAcknowledged() && bodyBytes > MAX_BODY_BYTES
                ? Outcome.failed(FailureCause.BODY, "a response body of more than 64 KiB")
                : outcome;
    }

    private Outcome failure(Throwable e) {
        if (e instanceof TimeoutException) {
            return Outcome.failed(FailureCause.TIMEOUT, "no complete response within " + timeout.toMillis() + " ms");
        }
        // an IOException of the network names the host at most
        String description = e instanceof IOException && e.getMessage() != null
                ? e.getClass().getSimpleName() + ": " + e.getMessage()
                : e.getClass().getSimpleName();
        return Outcome.failed(FailureCause.CONNECTION, description);
    }

    /** Closes all connections. */
    @Override
    public void close() {
        connections.dispose();
        loop.dispose();
    }
}
