package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Position;
import io.heartline.gateway.GatewayIT;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.WebSocketClient;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

/** Clients that make the gateway write, but read nothing. Each can occupy 1 MiB, and another client is not affected. */
@TestPropertySource(properties = {"heartline.gateway.stall-timeout=8s", "heartline.gateway.close-timeout=2s"})
class ChannelBufferLimitIT extends GatewayIT {

    private static final int MAX_UNREAD_BYTES = 1024 * 1024;
    private static final int FLOOD_BYTES = 48 * 1024 * 1024;
    private static final int PAYLOAD_BYTES = 125;

    private WebSocketClient bystander;

    @BeforeEach
    void connectBystander() throws Exception {
        bystander = WebSocketClient.of("ws://localhost:" + port + path);
        assertThat(bystander.next()).contains("\"kind\":\"hello\"");
    }

    @AfterEach
    void bystanderReceivesEveryLike() throws Exception {
        likes.send(author, TestTopic.like("at-last", author));
        String frame = bystander.next();
        while (frame != null && !frame.contains("at-last")) {
            assertThat(frame).doesNotContain(WebSocketClient.CLOSED);
            frame = bystander.next();
        }
        assertThat(frame).isNotNull();
        bystander.socket.abort();
        await().atMost(Duration.ofSeconds(30)).until(() -> connections() == 0);
        await().atMost(Duration.ofSeconds(30)).until(() -> unread() == 0);
    }

    /** Pings also count while frames wait, because a full socket takes no pong. */
    @Test
    void pingsOfAClientThatReadsNothing_occupyNoMoreThan1Mebibyte() throws Exception {
        String busy = likes.author(2);
        try (Socket socket = RawWebSocket.handshake(port, "/v1/authors/" + busy + "/likes")) {
            sendPaddedLikes(busy, 200);
            await().until(() -> unread() > 0);

            Flood flood = new Flood(socket, 0x89);

            assertThat(flood.highestUnread).isBetween(1.0, (double) MAX_UNREAD_BYTES);
            assertThat(flood.sent).isGreaterThan(FLOOD_BYTES - 100_000);
            assertThat(connections()).isEqualTo(2);
        }
    }

    /** The gateway answers a close frame one time, and likewise a text with the bit of an extension. */
    @ParameterizedTest
    @ValueSource(ints = {0x88, 0xC1})
    void framesThatEndTheirConnection_occupyNoMoreThan1Mebibyte(int firstByte) throws Exception {
        try (Socket socket = RawWebSocket.handshake(port, "/v1/authors/quiet/likes")) {
            Flood flood = new Flood(socket, firstByte);

            assertThat(flood.highestUnread).isLessThan(MAX_UNREAD_BYTES);
            await().atMost(Duration.ofSeconds(30)).until(() -> connections() == 1);
        }
    }

    @Test
    void pingsOfAClientThatReads_delayNoFrame_andTheLatestIsAnswered() throws Exception {
        String other = likes.author(0);
        try (Socket socket = RawWebSocket.handshake(port, "/v1/authors/" + other + "/likes")) {
            AtomicBoolean isFlooding = new AtomicBoolean(true);
            CompletableFuture<Void> flood = CompletableFuture.runAsync(() -> {
                while (isFlooding.get()) {
                    new Flood(socket, 0x89);
                }
            });
            ServerFrames frames = new ServerFrames(socket.getInputStream());
            assertThat(frames.nextText()).contains("\"kind\":\"hello\"");
            for (int i = 0; i < 20; i++) {
                long sentAt = System.nanoTime();
                likes.send(other, TestTopic.like("e-" + i, other));
                String text = frames.nextText();
                while (text.contains("\"kind\":\"position\"")) { // a heartbeat
                    text = frames.nextText();
                }
                assertThat(text).contains("\"id\":\"e-" + i + "\"");
                assertThat(Duration.ofNanos(System.nanoTime() - sentAt)).isLessThan(Duration.ofSeconds(5));
            }
            isFlooding.set(false);
            CompletableFuture<byte[]> latest = CompletableFuture.supplyAsync(() -> frames.nextPong('z'));
            flood.get(30, TimeUnit.SECONDS);
            socket.getOutputStream().write(RawWebSocket.frame(0x89, "zzz".getBytes(StandardCharsets.US_ASCII)));

            assertThat(latest.get(30, TimeUnit.SECONDS)).isEqualTo("zzz".getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Each response has the maximum size of a poll's. A second request prevents the deadline from closing the connection. */
    @Test
    void answersOfAClientThatReadsNothing_occupyNoMoreThan1Mebibyte_andAreDropped() throws Exception {
        String busy = likes.author(1);
        sendPaddedLikes(busy, 1_000);
        Position start = new Position(likes.log.epoch(), likes.log.partitionOf(busy), Position.BEFORE_FIRST);
        byte[] request = ("GET /v1/authors/" + busy + "/likes?after=" + start + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = RawWebSocket.connect(port)) {
            socket.getOutputStream().write(request);
            await().until(() -> unread() > 0);
            for (int i = 0; i < 20; i++) {
                socket.getOutputStream().write(request);
            }
            AtomicReference<Double> highest = new AtomicReference<>(0.0);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> highest.accumulateAndGet(unread(), Math::max) > 0 && unread() == 0);

            assertThat(highest.get()).isBetween(1.0, (double) MAX_UNREAD_BYTES);
        }
    }

    /** Frames that a client has sent as fast as the gateway took them, until it closed the connection. */
    private final class Flood {

        int sent;
        double highestUnread;

        Flood(Socket socket, int firstByte) {
            byte[] frame = RawWebSocket.frame(firstByte, new byte[PAYLOAD_BYTES]);
            ByteBuffer block = ByteBuffer.allocate(frame.length * 512);
            while (block.hasRemaining()) {
                block.put(frame);
            }
            try {
                while (sent + block.capacity() <= FLOOD_BYTES) {
                    socket.getOutputStream().write(block.array());
                    sent += block.capacity();
                    highestUnread = Math.max(highestUnread, unread());
                }
            } catch (IOException e) {
                assertThat(e).isInstanceOf(SocketException.class);
            }
        }
    }

    private void sendPaddedLikes(String to, int count) {
        String padding = ",\"padding\":\"" + "x".repeat(8_000) + "\"}";
        for (int i = 0; i < count; i++) {
            likes.sendAsync(to, TestTopic.like("e-" + i, to).replaceFirst("}$", padding));
        }
        likes.flush();
    }

    private double unread() {
        return registry.get("heartline.gateway.unread").gauge().value();
    }

    private double connections() {
        return registry.get("heartline.gateway.connections").gauge().value();
    }
}
