package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.gateway.GatewayIT;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.transport.RawWebSocket;
import io.heartline.gateway.transport.ServerFrames;
import io.heartline.web.ConformsToHttp11;
import io.heartline.web.limit.ConcurrencyLimit;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** HEAD, HTTP/1.0, headers on several lines, and rules of RFC 9112 for requests. */
@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class HttpDialectsIT extends GatewayIT implements ConformsToHttp11 {

    @Autowired
    private ConcurrencyLimit connectionLimit;

    @Override
    public int port() {
        return port;
    }

    @AfterEach
    void allPermitsAreFree() {
        await().pollDelay(Duration.ZERO).until(() -> connectionLimit.acquired() == 0);
    }

    @ParameterizedTest
    @CsvSource({
        "'', text/event-stream, text/event-stream",
        "?wait=30, application/json, application/json",
        "'', '*/*', application/json"
    })
    void head_returnsHeadersOnly_andTakesNoPermit(String query, String accept, String type) throws IOException {
        try (Socket socket = ask("HEAD " + path + query + " HTTP/1.1", "Accept: " + accept, "Connection: close")) {
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            assertThat(answer)
                    .startsWith("HTTP/1.1 200 ")
                    .containsIgnoringCase("content-type: " + type)
                    .containsIgnoringCase("cache-control: no-store")
                    .endsWith("\r\n\r\n");
        }
        assertThat(connectionLimit.acquired()).isZero();
    }

    @Test
    void headOfMalformedRequest_isRefusedLikeGet() throws IOException {
        try (Socket socket = ask("HEAD " + path + "?after=nonsense HTTP/1.1", "Accept: text/event-stream")) {
            assertThat(RawWebSocket.head(socket)).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void streamOverHttp10_isNotChunked_andEndsWithItsConnection() throws Exception {
        try (Socket socket = ask("GET " + path + " HTTP/1.0", "Accept: text/event-stream")) {
            assertThat(RawWebSocket.head(socket))
                    .contains(" 200 ")
                    .containsIgnoringCase("content-type: text/event-stream")
                    .doesNotContainIgnoringCase("transfer-encoding")
                    .doesNotContainIgnoringCase("content-length")
                    .doesNotContainIgnoringCase("keep-alive");
            String id = "id:" + likes.log.epoch() + "-" + partition + "-";
            assertThat(new String(socket.getInputStream().readNBytes(id.length()), StandardCharsets.US_ASCII))
                    .isEqualTo(id);
        }
    }

    @Test
    void pollOverHttp10_isNotChunked() throws Exception {
        try (Socket socket = ask("GET " + path + " HTTP/1.0", "Accept: application/json")) {
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            assertThat(answer).doesNotContainIgnoringCase("transfer-encoding").endsWith("\"recovered\":false}");
        }
    }

    @Test
    void handshakeOverHttp10_isRefusedWith400() throws Exception {
        try (Socket socket = ask(
                "GET " + path + " HTTP/1.0",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==")) {
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            assertThat(answer)
                    .contains(" 400 ")
                    .contains("application/problem+json")
                    .contains("needs HTTP/1.1");
        }
    }

    @Test
    void subprotocolOnASecondLine_isConfirmed_andTheStreamBegins() throws Exception {
        try (Socket socket = RawWebSocket.connect(port)) {
            RawWebSocket.sendHandshake(
                    socket, path, "Sec-WebSocket-Protocol: other", "Sec-WebSocket-Protocol: heartline.v1");

            assertThat(RawWebSocket.head(socket))
                    .startsWith("HTTP/1.1 101 ")
                    .containsIgnoringCase("sec-websocket-protocol: heartline.v1");
            assertThat(new ServerFrames(socket.getInputStream()).nextText()).contains("\"kind\":\"hello\"");
        }
    }

    @Test
    void otherSubprotocolsAlone_areNotConfirmed() throws Exception {
        HttpAnswer answer = HttpAnswer.ofRawRequest(
                port,
                path,
                Map.of(
                        "Upgrade", "websocket",
                        "Connection", "Upgrade",
                        "Sec-WebSocket-Version", "13",
                        "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==",
                        "Sec-WebSocket-Protocol", "other, another"));

        assertThat(answer.status()).isEqualTo(101);
        assertThat(answer.headers().getFirst("Sec-WebSocket-Protocol")).isNull();
    }

    /** An event stream is the last response of its connection. */
    @Test
    void requestsAfterAnEventStream_areNotAnswered() throws Exception {
        try (Socket socket = ask("GET " + path + " HTTP/1.1", "Accept: text/event-stream")) {
            assertThat(RawWebSocket.head(socket)).startsWith("HTTP/1.1 200 ");
            sendRequests(socket, 100);
            likes.send(author, TestTopic.like("e-1", author));

            assertThat(receive(socket, "\"id\":\"e-1\""))
                    .contains("event:hello")
                    .doesNotContain("HTTP/1.1");
        }
    }

    @Test
    void moreThan16KibibytesAfterAnEventStream_endIt_andAreNotLogged(CapturedOutput log) throws Exception {
        try (Socket socket = ask("GET " + path + " HTTP/1.1", "Accept: text/event-stream")) {
            RawWebSocket.head(socket);

            sendRequests(socket, 1_000);

            assertThat(receiveAll(socket)).doesNotContain("HTTP/1.1");
        }
        assertThat(log.getAll())
                .doesNotContainPattern("(WARN|ERROR) .* (r\\.n|i\\.h)\\."); // loggers of Reactor Netty and of Heartline
    }

    /** Returns what the server sends until it closes or resets the connection. */
    private static String receiveAll(Socket socket) throws IOException {
        StringBuilder received = new StringBuilder();
        try {
            for (int next = socket.getInputStream().read();
                    next >= 0;
                    next = socket.getInputStream().read()) {
                received.append((char) next);
            }
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
        return received.toString();
    }

    private static void sendRequests(Socket socket, int count) throws IOException {
        socket.getOutputStream()
                .write("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n"
                        .repeat(count)
                        .getBytes(StandardCharsets.US_ASCII));
    }

    /** Returns what the server sends up to a text. */
    private static String receive(Socket socket, String last) throws IOException {
        StringBuilder received = new StringBuilder();
        while (received.indexOf(last) < 0) {
            received.append((char) socket.getInputStream().read());
        }
        return received.toString();
    }

    private Socket ask(String request, String... headers) throws IOException {
        Socket socket = RawWebSocket.connect(port);
        socket.getOutputStream()
                .write((request + "\r\nHost: localhost\r\n" + String.join("\r\n", headers) + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
