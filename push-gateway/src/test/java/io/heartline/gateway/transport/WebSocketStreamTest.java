package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameStream;
import io.heartline.gateway.stream.Frames;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
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
        GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .doOnConnection(connection -> connections.add(connection.channel()))
                .handle((request, response) -> response.sendWebsocket(
                        new WebSocketStream(frames, IGNORED, Duration.ofMinutes(1), metrics, () -> {})::serve))
                .bindNow();
    }
}
