package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** A channel after the takeover, on a real socket. */
class ChannelTakeoverTest {

    private static final byte[] PING = RawWebSocket.frame(0x89, new byte[] {'p'});
    private static final byte[] CLOSE = RawWebSocket.frame(0x88, new byte[] {0x03, (byte) 0xE8});

    private final Queue<Channel> channels = new ConcurrentLinkedQueue<>();
    private final Queue<WeakReference<Object>> requests = new ConcurrentLinkedQueue<>();
    private final AtomicReference<FrameSink> sink = new AtomicReference<>();
    private final AtomicInteger ends = new AtomicInteger();
    private final DisposableServer server = HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .channelGroup(new DefaultChannelGroup(GlobalEventExecutor.INSTANCE))
            .doOnConnection(connection -> channels.add(connection.channel()))
            .handle((request, response) -> {
                requests.add(new WeakReference<>(request));
                return request.uri().equals("/events")
                        ? ChannelTakeover.afterHead(
                                response.keepAlive(false),
                                new ServerSentEvents(sink::set, true, false, Duration.ofMinutes(1), this::end))
                        : ChannelTakeover.afterHead(response.status(101).chunkedTransfer(false), webSocket());
            })
            .bindNow();

    private WebSocketStream webSocket() {
        GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
        return new WebSocketStream(sink::set, WebSocketStreamTest.IGNORED, Duration.ofMinutes(1), metrics, this::end);
    }

    private void end() {
        ends.incrementAndGet();
    }

    @AfterEach
    void stop() {
        server.disposeNow();
    }

    @Test
    void webSocket_keepsTwoHandlers_andNoRequest() throws IOException {
        try (Socket socket = RawWebSocket.handshake(server.port(), "/")) {
            await().untilAsserted(() -> assertThat(handlers()).containsExactly("heartline.frames", "heartline.writer"));
            awaitRequestsAreCollected();
            assertThat(ends).hasValue(0);

            socket.getOutputStream().write(PING);
            assertThat(socket.getInputStream().readNBytes(3)).containsExactly(0x8A, 1, 'p');
        }
        await().untilAsserted(() -> assertThat(ends).hasValue(1));
    }

    @Test
    void eventStream_keepsOneHandler_andNoRequest() throws IOException {
        try (Socket socket = RawWebSocket.connect(server.port())) {
            get(socket, "/events");
            assertThat(RawWebSocket.head(socket)).startsWith("HTTP/1.1 200 ").containsIgnoringCase("connection: close");
            await().untilAsserted(() -> assertThat(handlers()).containsExactly("heartline.writer"));
            awaitRequestsAreCollected();
            assertThat(ends).hasValue(0);
        }
        await().untilAsserted(() -> assertThat(ends).hasValue(1));
    }

    @Test
    void eventStreamThatEnds_hasLastChunk_andIgnoresWhatTheClientSends() throws IOException {
        try (Socket socket = RawWebSocket.connect(server.port())) {
            get(socket, "/events");
            RawWebSocket.head(socket);
            get(socket, "/events");
            await().until(() -> sink.get() != null);
            sink.get().eventLoop().execute(() -> sink.get().close(StreamClosedException.draining()));

            assertThat(socket.getInputStream().readAllBytes())
                    .isEqualTo("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(requests).hasSize(1);
    }

    /** A client may not send frames before the response, but its bytes must not be read as HTTP. */
    @Test
    void frameThatArrivesWithTheHandshake_isRead() throws IOException {
        try (Socket socket = RawWebSocket.connect(server.port())) {
            ByteArrayOutputStream both = new ByteArrayOutputStream();
            both.writeBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            both.writeBytes(PING);
            socket.getOutputStream().write(both.toByteArray());

            assertThat(RawWebSocket.head(socket)).startsWith("HTTP/1.1 101 ");
            assertThat(socket.getInputStream().readNBytes(3)).containsExactly(0x8A, 1, 'p');
        }
    }

    @Test
    void gracefulShutdown_waitsForTheClientsClose() throws Exception {
        AtomicBoolean isClientClosing = new AtomicBoolean();
        CompletableFuture<Boolean> closedAfterClient = new CompletableFuture<>();
        try (Socket socket = RawWebSocket.handshake(server.port(), "/")) {
            channels.element().closeFuture().addListener(done -> closedAfterClient.complete(isClientClosing.get()));
            await().until(() -> sink.get() != null);
            sink.get().eventLoop().execute(() -> sink.get().close(StreamClosedException.draining()));
            assertThat(RawWebSocket.closeCode(socket.getInputStream())).isEqualTo(1001);

            CompletableFuture<Void> shutdown =
                    CompletableFuture.runAsync(() -> server.disposeNow(Duration.ofSeconds(30)));
            await().until(() -> !server.channel().isOpen());
            isClientClosing.set(true);
            socket.getOutputStream().write(CLOSE);

            shutdown.get(30, TimeUnit.SECONDS);
            assertThat(closedAfterClient.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void errorInsteadOfTheHead_isSent_andTheConnectionContinues() throws IOException {
        DisposableServer failing = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> request.uri().equals("/")
                        ? response.status(204).send()
                        : ChannelTakeover.afterHead(
                                        response.header("x", "y").status(503).header("content-length", "0"),
                                        webSocket())
                                .then(Mono.empty()))
                .bindNow();
        try (Socket socket = RawWebSocket.connect(failing.port())) {
            get(socket, "/full");
            assertThat(RawWebSocket.head(socket)).startsWith("HTTP/1.1 503 ");
            get(socket, "/");
            assertThat(RawWebSocket.head(socket)).startsWith("HTTP/1.1 204 ");
        } finally {
            failing.disposeNow();
        }
        await().untilAsserted(() -> assertThat(ends).hasValue(1));
        assertThat(sink).hasValue(null);
    }

    private static void get(Socket socket, String path) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private List<String> handlers() {
        List<String> names = channels.element().pipeline().names();
        return names.subList(0, names.size() - 1); // without Netty's tail
    }

    private void awaitRequestsAreCollected() {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            System.gc();
            return requests.stream().allMatch(request -> request.get() == null);
        });
        assertThat(requests).hasSize(1);
    }
}
