package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

/** HEAD, HTTP/1.0, and headers on several lines. */
class HttpDialectsIT extends GatewayIT {

    @Autowired
    private Admission admission;

    @AfterEach
    void allPermitsAreFree() {
        await().until(() -> admission.inside() == 0);
    }

    @ParameterizedTest
    @CsvSource({
        "'', text/event-stream, text/event-stream",
        "?wait=30, application/json, application/json",
        "'', '*/*', application/json"
    })
    void head_isAnsweredWithTheHeadAlone_andTakesNoPermit(String query, String accept, String type) throws IOException {
        try (Socket socket = ask("HEAD " + path + query + " HTTP/1.1", "Accept: " + accept, "Connection: close")) {
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            assertThat(answer)
                    .startsWith("HTTP/1.1 200 ")
                    .containsIgnoringCase("content-type: " + type)
                    .containsIgnoringCase("cache-control: no-store")
                    .endsWith("\r\n\r\n");
        }
        assertThat(admission.inside()).isZero();
    }

    @Test
    void head_ofAMalformedRequest_isRefusedAsGetIs() throws IOException {
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
            RawWebSocket.ask(socket, path, "Sec-WebSocket-Protocol: other", "Sec-WebSocket-Protocol: heartline.v1");

            assertThat(RawWebSocket.head(socket))
                    .startsWith("HTTP/1.1 101 ")
                    .containsIgnoringCase("sec-websocket-protocol: heartline.v1");
            assertThat(new ServerFrames(socket.getInputStream()).nextText()).contains("\"kind\":\"hello\"");
        }
    }

    @Test
    void otherSubprotocolsAlone_areNotConfirmed() throws Exception {
        Answer answer = Answer.toRaw(
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

    private Socket ask(String request, String... headers) throws IOException {
        Socket socket = RawWebSocket.connect(port);
        socket.getOutputStream()
                .write((request + "\r\nHost: localhost\r\n" + String.join("\r\n", headers) + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
