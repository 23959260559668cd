package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.gateway.transport.HeldResponse.Answer;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;

/** A response that waits for its body, on a real socket. */
class HeldResponseTest {

    private final Queue<Waiting> polls = new ConcurrentLinkedQueue<>();
    private final DisposableServer server = HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle(new ReactorHttpHandlerAdapter(
                    WebHttpHandlerBuilder.webHandler(this::handle).build()))
            .bindNow();

    private record Waiting(
            Sinks.One<Answer> answer,
            AtomicInteger cancels,
            AtomicInteger ends,
            WeakReference<ServerWebExchange> exchange,
            WeakReference<HttpServerRequest> request) {}

    private Mono<Void> handle(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        HttpServerRequest nettyRequest = ServerHttpRequestDecorator.getNativeRequest(request);
        Waiting poll = new Waiting(
                Sinks.one(),
                new AtomicInteger(),
                new AtomicInteger(),
                new WeakReference<>(exchange),
                new WeakReference<>(nettyRequest));
        exchange.getResponse().getHeaders().setContentType(MediaType.TEXT_PLAIN);
        exchange.getResponse().getHeaders().set("Request-Id", request.getPath().value());
        Mono<Answer> answer = poll.answer()
                .asMono()
                .publishOn(Schedulers.fromExecutor(EventLoops.of(request)))
                .doOnCancel(poll.cancels()::incrementAndGet);
        polls.add(poll);
        return HeldResponse.hold(exchange, answer, poll.ends()::incrementAndGet);
    }

    @AfterEach
    void stop() {
        server.disposeNow();
    }

    @Test
    void whileItWaits_exchangeAndHeadersAreDropped() throws IOException {
        try (Socket socket = RawWebSocket.connect(server.port())) {
            get(socket, "/one");
            await().until(() -> !polls.isEmpty());

            await().atMost(Duration.ofSeconds(30)).until(() -> {
                System.gc();
                return polls.element().exchange().get() == null;
            });
            assertThat(polls.element().request().get().requestHeaders()).isEmpty();
            answer(200, "done");
            assertThat(RawWebSocket.head(socket))
                    .startsWith("HTTP/1.1 200 ")
                    .containsIgnoringCase("content-type: text/plain\r\n")
                    .containsIgnoringCase("request-id: /one\r\n")
                    .containsIgnoringCase("content-length: 4\r\n")
                    .doesNotContainIgnoringCase("transfer-encoding");
            assertThat(socket.getInputStream().readNBytes(4)).asString().isEqualTo("done");
        }
    }

    @Test
    void requestsOnOneConnection_areAnsweredInTurn() throws IOException {
        try (Socket socket = RawWebSocket.connect(server.port())) {
            get(socket, "/one");
            get(socket, "/two");
            for (String path : new String[] {"/one", "/two"}) {
                await().until(() -> polls.size() == 1);
                answer(200, "");
                assertThat(RawWebSocket.head(socket)).containsIgnoringCase("request-id: " + path);
                assertThat(polls.remove().ends()).hasValue(1);
            }
        }
    }

    @Test
    void refusal_replacesStatusAndHeaders() throws IOException {
        try (Socket socket = RawWebSocket.connect(server.port())) {
            get(socket, "/one");
            await().until(() -> !polls.isEmpty());
            answer(503, "no");

            assertThat(RawWebSocket.head(socket))
                    .startsWith("HTTP/1.1 503 ")
                    .containsIgnoringCase("content-type: text/x-no\r\n")
                    .containsIgnoringCase("request-id: /one\r\n");
        }
    }

    @Test
    void clientThatDisconnects_cancelsTheWait() throws IOException {
        try (Socket socket = RawWebSocket.connect(server.port())) {
            get(socket, "/one");
            await().until(() -> !polls.isEmpty());
            assertThat(polls.element().ends()).hasValue(0);
        }
        await().untilAsserted(() -> assertThat(polls.element().ends()).hasValue(1));
        await().untilAsserted(() -> assertThat(polls.element().cancels()).hasValue(1));
    }

    private void answer(int status, String body) {
        Map<String, String> headers = status == 200 ? Map.of() : Map.of("Content-Type", "text/x-no");
        polls.element()
                .answer()
                .tryEmitValue(new Answer(status, headers, body.getBytes(StandardCharsets.US_ASCII)))
                .orThrow();
    }

    private static void get(Socket socket, String path) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }
}
