package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.gateway.GatewayIT;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** A client that sends messages and does not read the answers. */
@TestPropertySource(properties = "own-instance=unread-answers") // its tests count events of the instance
class UnreadAnswersIT extends GatewayIT {

    private static final int MESSAGES = 60_000;
    private static final int MAX_UNREAD_BYTES = 256 * 1024;

    @Test
    void answersWaitInTheSocket_andEachMessageIsAnsweredOnceTheClientReads() throws Exception {
        String message = "{\"kind\":\"follow\",\"author\":\"?\",\"padding\":\"" + "x".repeat(70) + "\"}";
        try (Socket socket = RawWebSocket.handshake(port, "/v1/likes?author=" + author)) {
            byte[] frame = RawWebSocket.frame(0x81, message.getBytes(StandardCharsets.US_ASCII));
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> writeMany(frame, socket));
            await().atMost(Duration.ofSeconds(30)).until(() -> unreadBytes() > 0);

            ServerFrames frames = new ServerFrames(socket.getInputStream());
            int refused = 0;
            while (refused < MESSAGES) {
                String text = frames.nextText();
                assertThat(text).startsWith("{\"kind\":");
                refused += text.startsWith("{\"kind\":\"refused\"") ? 1 : 0;
                if (refused % 1_000 == 0) {
                    assertThat(unreadBytes()).isLessThan(MAX_UNREAD_BYTES);
                }
            }

            writing.join();
        }
    }

    @Test
    void clientDisconnectsWithoutReading_connectionEnds() throws Exception {
        String message = "{\"kind\":\"follow\",\"author\":\"?\",\"padding\":\"" + "x".repeat(70) + "\"}";
        try (Socket socket = RawWebSocket.handshake(port, "/v1/likes?author=" + author)) {
            byte[] frame = RawWebSocket.frame(0x81, message.getBytes(StandardCharsets.US_ASCII));
            CompletableFuture.runAsync(() -> writeMany(frame, socket));
            await().atMost(Duration.ofSeconds(30)).until(() -> unreadBytes() > 0);
        }

        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        registry.get("heartline.gateway.connections").gauge().value() == 0);
    }

    private double unreadBytes() {
        return registry.get("heartline.gateway.unread").gauge().value();
    }

    private static void writeMany(byte[] message, Socket socket) {
        try {
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
            for (int i = 0; i < MESSAGES; i++) {
                out.write(message);
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
