package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.gateway.GatewayIT;
import io.heartline.web.limit.ConcurrencyLimit;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Clients that do not read, on real sockets with the kernel, Netty and Reactor Netty. */
@Tag("slow")
@TestPropertySource(properties = {"heartline.gateway.stall-timeout=8s", "heartline.gateway.close-timeout=2s"})
class SlowReaderIT extends GatewayIT {

    @Autowired
    private ConcurrencyLimit connectionLimit;

    private static final JsonMapper JSON = JsonMapper.builder().build();
    // far more than the kernel buffers for a socket
    private static final int LIKES = 60_000;

    @Test
    void slowReaderThatContinues_hasExactSums_andHealthyReaderMissesNothing() throws Exception {
        double folded = folded();
        try (Socket stalled = open();
                Socket healthy = open()) {
            BufferedReader slow = reader(stalled);
            BufferedReader quick = reader(healthy);
            assertThat(next(slow).path("kind").stringValue()).isEqualTo("hello");
            assertThat(next(quick).path("kind").stringValue()).isEqualTo("hello");

            Thread sending = new Thread(() -> likes.sendManyLikes(author, LIKES));
            sending.start();
            long received = 0;
            while (received < LIKES) {
                JsonNode frame = next(quick);
                received += weight(frame);
            }
            sending.join();
            long caughtUp = 0;
            long digests = 0;
            while (caughtUp < LIKES) {
                JsonNode frame = next(slow);
                caughtUp += weight(frame);
                digests += frame.path("kind").stringValue().equals("digest") ? 1 : 0;
            }

            assertThat(received).isEqualTo(LIKES);
            assertThat(caughtUp).isEqualTo(LIKES);
            assertThat(digests).isPositive();
            assertThat(folded()).isGreaterThan(folded);
        }
    }

    @Test
    void stalledReader_isClosedWith1013() throws Exception {
        try (Socket stalled = open()) {
            assertThat(next(reader(stalled)).path("kind").stringValue()).isEqualTo("hello");
            await().until(() -> connections() == 1);

            likes.sendManyLikes(author, LIKES);

            await().atMost(Duration.ofSeconds(30)).until(() -> connections() == 0);
        }
    }

    @Test
    void readerThatIgnoresCloseFrame_isDisconnectedAfterCloseTimeout_withLittleMemory() throws Exception {
        try (Socket stalled = RawWebSocket.handshake(connect(), path)) {
            await().until(() -> connections() == 1);

            likes.sendManyLikes(author, LIKES);

            await().atMost(Duration.ofSeconds(30)).until(() -> connections() == 0);
            assertThat(connectionLimit.acquired())
                    .as("buffered bytes remain for the client")
                    .isEqualTo(1);
            await().atMost(Duration.ofSeconds(30)).until(() -> connectionLimit.acquired() == 0);
            // the kernel's send buffer, Netty's high-water mark and a batch; by default the kernel buffers megabytes
            assertThat(stalled.getInputStream().readAllBytes().length).isBetween(1, 400_000);
        }
    }

    /** Opens a socket with a small receive buffer. */
    Socket connect() throws Exception {
        return RawWebSocket.connect(port);
    }

    private Socket open() throws Exception {
        Socket socket = connect();
        socket.getOutputStream()
                .write(("GET /v1/authors/" + author + "/likes HTTP/1.1\r\nHost: localhost\r\n"
                                + "Accept: text/event-stream\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    private static BufferedReader reader(Socket socket) throws Exception {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 512);
    }

    private static JsonNode next(BufferedReader reader) throws Exception {
        String line = reader.readLine();
        while (!line.startsWith("data:")) {
            line = reader.readLine();
        }
        return JSON.readTree(line.substring("data:".length()));
    }

    /** Returns the number of events in a frame. */
    private static long weight(JsonNode frame) {
        return switch (frame.path("kind").stringValue()) {
            case "digest" ->
                frame.path("liked").longValue() + frame.path("unliked").longValue();
            case "like" -> 1;
            default -> 0; // a heartbeat
        };
    }

    private double folded() {
        return registry.get("heartline.gateway.outcomes")
                .tag("outcome", "digested")
                .counter()
                .count();
    }

    private double connections() {
        return registry.get("heartline.gateway.connections").gauge().value();
    }
}
