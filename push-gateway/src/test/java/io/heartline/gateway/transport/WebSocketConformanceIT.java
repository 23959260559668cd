package io.heartline.gateway.transport;

import static io.heartline.gateway.transport.WebSocketCase.FIN;
import static io.heartline.gateway.transport.WebSocketCase.PING;
import static io.heartline.gateway.transport.WebSocketCase.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.gateway.GatewayIT;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Tests the gateway's answers to handshakes and frames against RFC 6455, on raw sockets. */
@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class WebSocketConformanceIT extends GatewayIT {

    private static final String PROBE = "are you there";
    private static final String KEY = "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==";
    private static final String VERSION = "Sec-WebSocket-Version: 13";

    static List<WebSocketCase> frames() {
        return WebSocketCases.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frames")
    void frame_isAnsweredByRfc6455_andNothingIsLogged(WebSocketCase sent, CapturedOutput log) throws IOException {
        try (Socket socket = RawWebSocket.handshake(port, path)) {
            socket.getOutputStream().write(sent.bytes());

            assertThat(answers(socket, sent.answer())).isEqualTo(expected(sent.answer()));
        }
        assertThat(log.getAll())
                .doesNotContainPattern("(WARN|ERROR) .* (r\\.n|i\\.h)\\."); // loggers of Reactor Netty and of Heartline
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"a text of 128 bytes", "a ping", "a reason", "close code 1005", "no UTF-8: f4908080"})
    void frameThatArrivesByteByByte_isAnsweredLikeAnyOther(String name) throws IOException {
        WebSocketCase sent = WebSocketCases.all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        try (Socket socket = RawWebSocket.handshake(port, path)) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            for (byte one : sent.bytes()) {
                out.write(one);
            }

            assertThat(answers(socket, sent.answer())).isEqualTo(expected(sent.answer()));
        }
    }

    /** Reads until the connection ends or the probe is answered. */
    private static List<String> expected(String answer) {
        return switch (answer.split(" ")[0]) {
            case "close" -> List.of(answer, "end");
            case "pong" -> List.of(answer, "pong " + PROBE);
            default -> List.of("pong " + PROBE);
        };
    }

    /** Returns the control frames of the server. Text frames are the author's likes, which may come at any time before a close. */
    private static List<String> answers(Socket socket, String expected) throws IOException {
        List<String> answers = new ArrayList<>();
        ServerFrames frames = new ServerFrames(socket.getInputStream());
        if (expected.startsWith("pong")) { // of pings that arrive together, only the latest is answered
            answers.add(frames.nextControl());
        }
        if (!expected.startsWith("close")) {
            socket.getOutputStream().write(frame(FIN | PING, PROBE.getBytes(StandardCharsets.US_ASCII)));
            answers.add(frames.nextControl());
            return answers;
        }
        answers.add(frames.nextControl());
        answers.add(socket.getInputStream().read() < 0 ? "end" : "more");
        return answers;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "101 | GET | HTTP/1.1 | Upgrade: websocket | Connection: Upgrade",
                "101 | GET | HTTP/1.1 | Upgrade: WebSocket | Connection: keep-alive, upgrade",
                "101 | GET | HTTP/1.1 | Upgrade: websocket | Connection: close, upgrade",
                "101 | GET | HTTP/1.2 | Upgrade: websocket | Connection: Upgrade",
                "400 | GET | HTTP/1.0 | Upgrade: websocket | Connection: Upgrade",
                "400 | GET | HTTP/1.1 | Upgrade: websocket | Connection: keep-alive",
                "405 | POST | HTTP/1.1 | Upgrade: websocket | Connection: Upgrade",
                "405 | HEAD | HTTP/1.1 | Upgrade: websocket | Connection: Upgrade",
                "200 | GET | HTTP/1.1 | X: y | Connection: Upgrade",
                "200 | GET | HTTP/1.1 | X: y | Connection: close",
                "200 | GET | HTTP/1.1 | Upgrade: h2c | Connection: Upgrade, HTTP2-Settings",
                "200 | HEAD | HTTP/1.1 | X: y | Connection: close"
            })
    void upgradeHeader_alone_selectsHandshake(
            int status, String method, String version, String upgrade, String connection) throws IOException {
        String request = method + " " + path + " " + version;

        String head = head(request, "Host: localhost", upgrade, connection, KEY, VERSION);

        assertThat(head).contains(" " + status + " ");
        if (status == 101) {
            assertThat(head)
                    .containsIgnoringCase("\r\nupgrade: websocket\r\n")
                    .containsIgnoringCase("\r\nconnection: upgrade\r\n")
                    .contains("BACScCJPNqyz+UBoqMH89VmURoA=")
                    .doesNotContainIgnoringCase("content-length", "transfer-encoding");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X: y",
                "Sec-WebSocket-Key:",
                "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg",
                "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2Rl",
                "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZmc=",
                "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZ_==",
                "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFi Y2RlZg==",
                KEY + ", MDEyMzQ1Njc4OWFiY2RlZg==",
                KEY + "\r\n" + KEY
            })
    void handshakeWithMissingOrMalformedKey_isRefusedWith400(String key) throws IOException {
        String[] handshake = {"Host: localhost", "Upgrade: websocket", "Connection: Upgrade", VERSION, key};

        assertThat(head("GET " + path + " HTTP/1.1", handshake))
                .startsWith("HTTP/1.1 400 ")
                .containsIgnoringCase("content-type: application/problem+json");
        assertThat(head("GET " + path + " HTTP/1.1\r\nAccept: text/event-stream", handshake))
                .as("not an event stream")
                .startsWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X: y",
                "Sec-WebSocket-Version: 8",
                "Sec-WebSocket-Version: 14",
                "Sec-WebSocket-Version: 13, 8",
                VERSION + "\r\nSec-WebSocket-Version: 8"
            })
    void handshakeOfOtherVersion_isRefusedWith426AndVersion(String version) throws IOException {
        String head = head(
                "GET " + path + " HTTP/1.1",
                "Host: localhost",
                "Upgrade: websocket",
                "Connection: Upgrade",
                KEY,
                version);

        assertThat(head).startsWith("HTTP/1.1 426 ").containsIgnoringCase("sec-websocket-version: 13");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"400 | X: y", "400 | Host: local host", "421 | Host: evil.example", "101 | Host: [::1]:8082"})
    void handshake_requiresAllowedHost(int status, String host) throws IOException {
        assertThat(head("GET " + path + " HTTP/1.1", host, "Upgrade: websocket", "Connection: Upgrade", KEY, VERSION))
                .startsWith("HTTP/1.1 " + status + " ");
    }

    private String head(String request, String... headers) throws IOException {
        try (Socket socket = RawWebSocket.connect(port)) {
            socket.getOutputStream()
                    .write((request + "\r\n" + String.join("\r\n", headers) + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return RawWebSocket.head(socket);
        }
    }
}
