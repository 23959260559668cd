package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.FrameSource;
import io.heartline.gateway.stream.FrameStream;
import io.heartline.gateway.stream.Frames;
import io.heartline.gateway.stream.PositionList;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Close codes of a stream that ends, on a real socket. */
@ExtendWith(OutputCaptureExtension.class)
class WebSocketStreamTest {

    /** Answers no message. */
    static final MessageHandler IGNORED = message -> CompletableFuture.completedStage(null);

    private static final byte[] EMPTY_PONG = {(byte) 0x8A, (byte) 0x80, 0, 0, 0, 0};
    private static final Frame HELLO = Frames.hello(null, new Position("e", 0, 1), true, 20_000);

    private final AtomicInteger ends = new AtomicInteger();
    private final Queue<Channel> connections = new ConcurrentLinkedQueue<>();
    private DisposableServer server;

    @AfterEach
    void stop() {
        server.disposeNow();
    }

    @Test
    void internalError_closesWith1011_andIsLoggedOnce(CapturedOutput log) throws IOException {
        Exception defect = new IllegalStateException("a defect");

        assertThat(closeCode(stream(List.of(HELLO), defect))).isEqualTo(1011);

        assertThat(log.getAll())
                .containsOnlyOnce("java.lang.IllegalStateException: a defect")
                .contains("at " + WebSocketStreamTest.class.getName());
    }

    @Test
    void jvmError_closesWith1011() throws IOException {
        assertThat(closeCode(stream(List.of(), new OutOfMemoryError("on purpose"))))
                .isEqualTo(1011);
    }

    @Test
    void streamClosedException_closesWithItsCode_andIsNotLogged(CapturedOutput log) throws IOException {
        assertThat(closeCode(stream(List.of(), StreamClosedException.draining())))
                .isEqualTo(1001);

        assertThat(log.getAll()).doesNotContain("Exception");
    }

    /** Sends a pong like a client that answers a ping, then continues to read. */
    @Test
    void clientSendsAfterClose_stillReceivesCloseCode() throws IOException {
        Frame like = Frame.like(new Position("e", 0, 2), Instant.EPOCH, new byte[4_000]);
        List<Frame> frames = new ArrayList<>(List.of(HELLO));
        frames.addAll(Collections.nCopies(100, like));
        serve(stream(frames, StreamClosedException.slowReader()));
        try (Socket socket = RawWebSocket.handshake(server.port(), "/")) {
            await().until(() -> connections.stream()
                    .map(SocketChannel.class::cast)
                    .allMatch(SocketChannel::isOutputShutdown)); // the server has written everything
            socket.getOutputStream().write(EMPTY_PONG);

            assertThat(RawWebSocket.closeCode(socket.getInputStream())).isEqualTo(1013);
        }
    }

    /** The client sends more than the buffers of both sockets. */
    @Test
    void nextMessage_isReadAfterTheAnswer_andOthersStayInTheSockets() throws Exception {
        int count = 300_000;
        CompletableFuture<Void> firstAnswer = new CompletableFuture<>();
        AtomicInteger handled = new AtomicInteger();
        serve(sink -> {}, message -> {
            handled.incrementAndGet();
            return firstAnswer;
        });
        try (Socket socket = RawWebSocket.handshake(server.port(), "/")) {
            byte[] message = RawWebSocket.frame(0x81, "x".repeat(100).getBytes(StandardCharsets.US_ASCII));
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> writeMany(message, count, socket));
            Channel channel = connections.element();
            await().until(() -> !channel.config().isAutoRead());

            assertThat(handled).hasValue(1);
            assertThat(writing).isNotDone();
            channel.eventLoop().execute(() -> firstAnswer.complete(null));

            await().atMost(Duration.ofSeconds(30)).until(() -> handled.get() == count);
        }
    }

    /** The answers are stages that cannot be cancelled. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void clientDisconnectsWithUnansweredMessages_streamIsCancelled_andNothingIsLogged(
            boolean isAnswered, CapturedOutput log) throws Exception {
        CompletableFuture<Void> answer =
                isAnswered ? CompletableFuture.completedFuture(null) : new CompletableFuture<>();
        AtomicInteger handled = new AtomicInteger();
        CountDownLatch cancelled = new CountDownLatch(1);
        serve(sink -> sink.opened(new CancelledSource(cancelled)), message -> {
            handled.incrementAndGet();
            return answer.minimalCompletionStage();
        });
        try (Socket socket = RawWebSocket.handshake(server.port(), "/")) {
            byte[] message = RawWebSocket.frame(0x81, "x".repeat(100).getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 1_000; i++) {
                socket.getOutputStream().write(message);
            }
            await().until(() -> handled.get() > 0);
            socket.setSoLinger(true, 0); // closes by a reset
        }

        assertThat(cancelled.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(log.getAll()).doesNotContain("Exception", "ERROR", "WARN");
    }

    /** If the channel were not read again, the socket would stay open for the close timeout of a minute. */
    @Test
    void streamEndsBeforeTheAnswer_clientsCloseIsRead() throws Exception {
        CountDownLatch ending = new CountDownLatch(1);
        AtomicReference<FrameSink> sink = new AtomicReference<>();
        serve(sink::set, message -> {
            ending.countDown();
            return new CompletableFuture<>();
        });
        try (Socket socket = RawWebSocket.handshake(server.port(), "/")) {
            byte[] message = RawWebSocket.frame(0x81, "x".repeat(100).getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 1_000; i++) {
                socket.getOutputStream().write(message);
            }
            assertThat(ending.await(30, TimeUnit.SECONDS)).isTrue();
            sink.get().eventLoop().execute(() -> sink.get().close(StreamClosedException.draining()));

            assertThat(RawWebSocket.closeCode(socket.getInputStream())).isEqualTo(1001);
        }

        await().atMost(Duration.ofSeconds(30)).until(() -> connections.stream().noneMatch(Channel::isOpen));
    }

    private record CancelledSource(CountDownLatch cancelled) implements FrameSource {

        @Override
        public void wake() {}

        @Override
        public void cancel() {
            cancelled.countDown();
        }

        @Override
        public void end(StreamClosedException why) {}

        @Override
        public boolean sendDigest() {
            return false;
        }

        @Override
        public @Nullable PositionList resumePositions() {
            return null;
        }
    }

    private static void writeMany(byte[] message, int count, Socket socket) {
        try (OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024)) {
            for (int i = 0; i < count; i++) {
                out.write(message);
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void handlerFails_isLogged_andNextMessageIsHandled(CapturedOutput log) throws Exception {
        List<String> handled = new CopyOnWriteArrayList<>();
        serve(sink -> {}, message -> {
            handled.add(message);
            throw new IllegalStateException("a defect");
        });
        try (Socket socket = RawWebSocket.handshake(server.port(), "/")) {
            socket.getOutputStream().write(RawWebSocket.frame(0x81, new byte[] {'a'}));
            socket.getOutputStream().write(RawWebSocket.frame(0x81, new byte[] {'b'}));

            await().untilAsserted(() -> assertThat(handled).containsExactly("a", "b"));
        }
        assertThat(log.getAll()).contains("a client's message could not be handled");
    }

    /** Returns a stream of frames that is closed after the last one. */
    private static FrameStream stream(List<Frame> frames, Throwable end) {
        return sink -> sink.eventLoop().execute(() -> {
            frames.forEach(frame -> sink.write(List.of(frame)));
            sink.close(end);
        });
    }

    private int closeCode(FrameStream frames) throws IOException {
        serve(frames);
        try (Socket socket = RawWebSocket.handshake(server.port(), "/")) {
            return RawWebSocket.closeCode(socket.getInputStream());
        }
    }

    private void serve(FrameStream frames) {
        serve(frames, IGNORED);
    }

    private void serve(FrameStream frames, MessageHandler messages) {
        GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .doOnConnection(connection -> connections.add(connection.channel()))
                .handle((request, response) -> ChannelTakeover.afterHead(
                        response.status(101).chunkedTransfer(false),
                        new WebSocketStream(frames, messages, Duration.ofMinutes(1), metrics, ends::incrementAndGet)))
                .bindNow();
    }
}
