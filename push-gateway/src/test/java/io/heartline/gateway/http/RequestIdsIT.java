package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.gateway.GatewayIT;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each response has its own request id: streams, handshakes, refusals, and responses that Netty sends before Spring. */
class RequestIdsIT extends GatewayIT {

    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final String HANDSHAKE = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n";

    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.of("a poll", 200, get("LIKES")),
                Arguments.of("a stream", 200, get("LIKES", "Accept: text/event-stream\r\n")),
                Arguments.of("a handshake", 101, get("LIKES", HANDSHAKE)),
                Arguments.of("a handshake refused", 400, get("LIKES?after=x", HANDSHAKE)),
                Arguments.of("a handshake of another version", 426, get("LIKES", HANDSHAKE.replace("13", "12"))),
                Arguments.of("a page from elsewhere", 403, get("LIKES", "Origin: https://elsewhere.example\r\n")),
                Arguments.of("a page that asks first", 200, preflight()),
                Arguments.of("a wrong parameter", 400, get("LIKES?limit=0")),
                Arguments.of("the client", 200, get("/heartline.js")),
                Arguments.of("its health", 200, get("/actuator/health")),
                Arguments.of("no such path", 404, get("/nothing")),
                Arguments.of("no such method", 405, get("LIKES").replace("GET", "POST")),
                Arguments.of("a path that is none", 400, get("/%zz")),
                Arguments.of("a URL without end", 414, get("/" + "x".repeat(40_000))),
                Arguments.of("headers without end", 431, get("/", "X: " + "x".repeat(20_000) + "\r\n")),
                Arguments.of("no request at all", 400, "what is this\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void answer_hasUniqueRequestId(String name, int status, String request) throws Exception {
        HttpAnswer one = HttpAnswer.ofRawRequest(port, request.replace("LIKES", path));
        HttpAnswer other = HttpAnswer.ofRawRequest(port, request.replace("LIKES", path));

        assertThat(one.status()).isEqualTo(status);
        assertThat(one.headers().get("Request-Id")).singleElement().asString().matches(UUID);
        assertThat(other.headers().getFirst("Request-Id"))
                .isNotEqualTo(one.headers().getFirst("Request-Id"));
    }

    private static String get(String path, String... headers) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("", headers) + "\r\n";
    }

    private static String preflight() {
        return get("LIKES", "Origin: http://localhost:8083\r\nAccess-Control-Request-Method: GET\r\n")
                .replaceFirst("GET", "OPTIONS");
    }
}
