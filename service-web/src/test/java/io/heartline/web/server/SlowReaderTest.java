package io.heartline.web.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.web.TestService;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Tests clients with a small receive buffer. The service disconnects a client that reads nothing for 1 s. */
class SlowReaderTest {

    private static final TestService SERVICE =
            TestService.start("heartline.web.request-timeout=1s", "server.compression.enabled=true");
    private static final int RECEIVE_BUFFER = 4096;

    @AfterAll
    static void stop() {
        SERVICE.close();
    }

    private static Socket ask() throws IOException {
        return ask("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    private static Socket ask(String request) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(RECEIVE_BUFFER);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), SERVICE.port("server")));
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void slowReader_receivesTheWholeAnswer() throws Exception {
        try (Socket socket = ask()) {
            InputStream answer = socket.getInputStream();
            AtomicInteger received = new AtomicInteger();

            await().atMost(Duration.ofSeconds(60))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        int read = answer.readNBytes(TestService.LARGE_BYTES / 40).length;
                        return received.addAndGet(read) > TestService.LARGE_BYTES || read == 0;
                    });

            assertThat(received).hasValueGreaterThan(TestService.LARGE_BYTES);
        }
    }

    @Test
    void clientThatReadsNothing_isDisconnected() throws Exception {
        try (Socket socket = ask()) {
            await().atMost(10, TimeUnit.SECONDS).until(() -> SERVICE.openConnections() == 0);

            assertThat(socket.getInputStream().readNBytes(2 * TestService.LARGE_BYTES))
                    .as("the part of the answer in the socket buffers")
                    .hasSizeLessThan(TestService.LARGE_BYTES);
        }
    }

    @Test
    void clientThatReadsNothingOfACompressedAnswer_isDisconnected() throws Exception {
        try (Socket socket = ask("GET /noise HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n")) {
            await().atMost(10, TimeUnit.SECONDS).until(() -> SERVICE.openConnections() == 0);

            byte[] received = socket.getInputStream().readNBytes(2 * TestService.LARGE_BYTES);
            assertThat(new String(received, StandardCharsets.ISO_8859_1))
                    .containsIgnoringCase("\r\nContent-Encoding: gzip\r\n");
            assertThat(received)
                    .as("the part of the answer in the socket buffers")
                    .hasSizeLessThan(TestService.LARGE_BYTES);
        }
    }
}
