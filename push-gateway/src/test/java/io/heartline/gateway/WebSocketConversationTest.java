package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.publisher.Flux;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** The close codes of a stream that ends, on a real socket. */
@ExtendWith(OutputCaptureExtension.class)
class WebSocketConversationTest {

    private static final Frame HELLO = Frame.hello(new Position("e", 0, 1), true, 20_000);

    private DisposableServer server;

    @AfterEach
    void stop() {
        server.disposeNow();
    }

    @Test
    void anInternalError_closesWith1011_andIsLoggedOnce(CapturedOutput log) throws IOException {
        Exception defect = new IllegalStateException("a defect");

        assertThat(closeCode(Flux.just(HELLO).concatWith(Flux.error(defect)))).isEqualTo(1011);

        assertThat(log.getAll())
                .containsOnlyOnce("java.lang.IllegalStateException: a defect")
                .contains("at " + WebSocketConversationTest.class.getName());
    }

    @Test
    void anErrorOfTheJvm_closesWith1011() throws IOException {
        assertThat(closeCode(Flux.error(new OutOfMemoryError("on purpose")))).isEqualTo(1011);
    }

    @Test
    void aBrokenStream_closesWithItsOwnCode_andIsNotLogged(CapturedOutput log) throws IOException {
        assertThat(closeCode(Flux.error(BrokenStreamException.draining()))).isEqualTo(1001);

        assertThat(log.getAll()).doesNotContain("Exception");
    }

    private int closeCode(Flux<Frame> frames) throws IOException {
        GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> response.sendWebsocket(
                        new WebSocketConversation(frames, Duration.ofMinutes(1), metrics, () -> {})::converse))
                .bindNow();
        try (Socket socket = RawWebSocket.handshake(server.port(), "/")) {
            return RawWebSocket.closeCode(socket.getInputStream());
        }
    }
}
