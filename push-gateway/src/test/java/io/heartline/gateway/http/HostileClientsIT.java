package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Contract;
import io.heartline.events.Position;
import io.heartline.gateway.GatewayIT;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.WebSocketClient;
import io.heartline.gateway.WebSocketReaders;
import io.heartline.gateway.transport.RawWebSocket;
import io.heartline.quickstart.backends.Backends;
import io.heartline.web.WithstandsHostileRequests;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.test.context.TestPropertySource;

/** The gateway refuses input of faulty or hostile clients as documented. A client that was connected before is not affected. */
@Isolated("captures the output of the JVM")
@TestPropertySource(
        properties = {
            "heartline.gateway.heartbeat=2s",
            "heartline.web.request-timeout=1s",
            "heartline.gateway.connections=50",
            "heartline.gateway.ring.size=40KB",
            "heartline.gateway.ring.preload-records=10",
            "heartline.gateway.replay.threads=1",
            "heartline.gateway.replay.waiting=5",
            "heartline.gateway.replay.per-caller=2",
            "heartline.gateway.replay.page-events=50",
            "server.forward-headers-strategy=native"
        })
class HostileClientsIT extends GatewayIT implements WithstandsHostileRequests {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private WebSocketClient bystander;

    @Override
    public int port() {
        return port;
    }

    @Override
    public String target() {
        return "/v1/authors/alice/likes";
    }

    @Override
    public List<String> resources() {
        return Contract.of("push-gateway.yaml").paths();
    }

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
    }

    @Test
    void connectionFlood_isRefusedWith503_andOpenConnectionsStay() throws Exception {
        List<WebSocketClient> crowd = new ArrayList<>();
        for (int i = 0; i < 49; i++) {
            crowd.add(WebSocketClient.of("ws://localhost:" + port + path));
        }

        for (int i = 0; i < 20; i++) {
            HttpResponse<String> refused = get(path);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValueAsLong("Retry-After").orElse(0))
                    .isBetween(3L, 10L);
            assertThat(refused.body()).contains("has 50 connections and takes no more");
        }

        likes.send(author, TestTopic.like("e-1", author));
        for (WebSocketClient reader : crowd) {
            assertThat(reader.next()).contains("\"kind\":\"hello\"");
            assertThat(reader.next()).contains("\"id\":\"e-1\"");
            reader.socket.abort();
        }
    }

    @Test
    void frameOf10MiB_endsItsConnection_atItsHeader() throws Exception {
        try (Socket socket = RawWebSocket.handshake(port, path)) {
            byte[] header = {(byte) 0x82, (byte) 0xFF, 0, 0, 0, 0, 0, (byte) 0xA0, 0, 0, 1, 2, 3, 4};
            socket.getOutputStream().write(header);

            assertThat(RawWebSocket.closeCode(socket.getInputStream())).isEqualTo(1009);
        }
    }

    /** The frame is compressed (RFC 7692): smaller than the maximum frame, but 3 MB after decompression. */
    @Test
    void compressionOffered_isNotNegotiated_andCompressedFrameEndsConnection() throws Exception {
        try (Socket socket = RawWebSocket.connect(port)) {
            RawWebSocket.sendHandshake(
                    socket, path, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits");
            assertThat(RawWebSocket.head(socket)).startsWith("HTTP/1.1 101 ").doesNotContainIgnoringCase("extensions");

            socket.getOutputStream().write(RawWebSocket.compressed(3_000_000));

            assertThat(RawWebSocket.closeCode(socket.getInputStream())).isEqualTo(1002);
        }
    }

    @Test
    void slowHandshake_isDisconnected() throws Exception {
        try (Socket socket = RawWebSocket.connect(port)) {
            socket.getOutputStream().write(ascii("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nX-Slow: "));
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> isCutOffAfter(socket, 'x'));
        }
    }

    @Test
    void silentConnection_isDisconnected() throws Exception {
        try (Socket socket = RawWebSocket.connect(port)) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void urlWith100000Posts_isRefusedWith414() throws Exception {
        HttpResponse<String> answer = get(path + "?x" + "&post=p".repeat(100_000));

        assertThat(answer.statusCode()).isEqualTo(414);
    }

    @Test
    void urlWith100LongestPosts_isAccepted() throws Exception {
        HttpResponse<String> answer = get(path + "?x" + ("&post=" + "p".repeat(128)).repeat(100));

        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void peerWithoutPongs_isDisconnected_andPeerWithPongsStays() throws Exception {
        try (Socket socket = RawWebSocket.handshake(port, path)) {
            double before = closed("dead");

            await().atMost(Duration.ofSeconds(30)).until(() -> closed("dead") == before + 1);

            socket.getInputStream().readAllBytes(); // until the server closes
        }
    }

    @Test
    void replayFlood_isQueued_andEveryReplayCompletes() throws Exception {
        String victim = Backends.unique("author");
        likes.sendLikes(victim, "old", 400);
        Position start = new Position(likes.log.epoch(), likes.log.partitionOf(victim), Position.BEFORE_FIRST);
        try (WebSocketReaders flood = new WebSocketReaders(() -> "ws://127.0.0.1:" + port)) {
            for (int i = 0; i < 40; i++) {
                flood.read(victim, start, "", id -> {});
            }
            likes.send(author, TestTopic.like("meanwhile", author));
            String live = bystander.next();
            while (!live.contains("meanwhile")) {
                live = bystander.next();
            }

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(flood.all()).allSatisfy(reader -> {
                        assertThat(reader.eventsReceived).isEqualTo(400);
                        assertThat(reader.violation).isNull();
                    }));
            assertThat(flood.all())
                    .flatExtracting(reader -> reader.closes)
                    .extracting(WebSocketReaders.Close::code)
                    .allSatisfy(code -> assertThat(code).isEqualTo(1013));
        }
    }

    @Test
    void replaysBeyondCallerLimit_areRefusedWith429() throws Exception {
        List<URI> replays = new ArrayList<>();
        for (int i = 0; i < 30; i++) { // different authors, because replays of one author share their reads
            String victim = Backends.unique("author");
            likes.sendManyLikes(victim, 100);
            Position start = new Position(likes.log.epoch(), likes.log.partitionOf(victim), Position.BEFORE_FIRST);
            replays.add(URI.create("http://localhost:" + port + "/v1/authors/" + victim + "/likes?after=" + start));
        }
        List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
        for (URI replay : replays) {
            asked.add(HTTP.sendAsync(HttpRequest.newBuilder(replay).build(), BodyHandlers.ofString()));
        }

        List<HttpResponse<String>> answers =
                asked.stream().map(CompletableFuture::join).toList();

        assertThat(answers)
                .extracting(HttpResponse::statusCode)
                .contains(200, 429)
                .containsOnly(200, 429);
        assertThat(answers).filteredOn(answer -> answer.statusCode() == 429).allSatisfy(answer -> {
            assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0))
                    .isBetween(3L, 10L);
            assertThat(answer.body()).contains("You have 2 replays on this instance");
        });
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void stalledEventStream_isDroppedByTcpUserTimeout_beforeStallTimeout() throws Exception {
        double slow = closed("slow");
        try (Socket socket = RawWebSocket.connect(port)) {
            String busy = Backends.unique("author");
            socket.getOutputStream()
                    .write(ascii("GET /v1/authors/" + busy + "/likes HTTP/1.1\r\nHost: localhost\r\n"
                            + "Accept: text/event-stream\r\n\r\n"));
            await().until(() -> connections() == 2);

            likes.sendManyLikes(busy, 20_000);

            await().atMost(Duration.ofSeconds(20)).until(() -> connections() == 1);
            assertThat(closed("slow")).isEqualTo(slow);
        }
    }

    @Test
    void forgedPositions_delayNoOtherReader() throws Exception {
        int partition = likes.log.partitionOf(author);
        for (String forged : List.of(
                "aaaaaaaa-" + partition + "-1",
                likes.log.epoch() + "-" + partition + "-999999999999999",
                likes.log.epoch() + "-" + partition + "-99999")) {
            HttpResponse<String> answer = get(path + "?after=" + forged);
            assertThat(answer.statusCode()).as(forged).isEqualTo(200);
            assertThat(answer.body()).contains("\"recovered\":false");
        }
        for (String malformed : List.of("-99-1", "-" + partition + "-9223372036854775808", "-" + partition + "--1")) {
            assertThat(get(path + "?after=" + likes.log.epoch() + malformed).statusCode())
                    .as(malformed)
                    .isEqualTo(400);
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                        .build(),
                BodyHandlers.ofString());
    }

    private double connections() {
        return registry.get("heartline.gateway.connections").gauge().value();
    }

    private double closed(String reason) {
        return registry.find("heartline.gateway.closed").tag("reason", reason).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private static boolean isCutOffAfter(Socket socket, int sent) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(sent);
            return socket.getInputStream().available() > 0
                    && socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
