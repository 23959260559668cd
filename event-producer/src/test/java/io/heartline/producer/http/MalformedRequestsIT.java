package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Contract;
import io.heartline.producer.RawHttpAnswer;
import io.heartline.producer.RunningProducer;
import io.heartline.quickstart.backends.Backends;
import io.heartline.web.ConformsToHttp11;
import io.heartline.web.HostileRequests;
import io.heartline.web.WithstandsHostileRequests;
import java.io.BufferedInputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Isolated("captures the output of the JVM")
class MalformedRequestsIT implements WithstandsHostileRequests, ConformsToHttp11 {

    private static RunningProducer producer;

    @Override
    public int port() {
        return producer.port;
    }

    @Override
    public String target() {
        return "/v1/likes";
    }

    @Override
    public List<String> resources() {
        return Contract.of("event-producer.yaml").paths();
    }

    @Override
    public String withBody() {
        return "POST " + target();
    }

    @Override
    public String bodyHeaders() {
        return "Content-Type: application/json\r\n";
    }

    @BeforeAll
    static void start() {
        producer = RunningProducer.on(Backends.unique("likes"), "server.forward-headers-strategy=native");
    }

    @AfterAll
    static void stop() {
        producer.close();
    }

    static Stream<Arguments> malformed() {
        String post = "POST /v1/likes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        return Stream.of(
                Arguments.of("no request at all", 400, "what is this\r\n\r\n"),
                Arguments.of("a URL without end", 414, "GET /" + "x".repeat(10_000) + " HTTP/1.1\r\n\r\n"),
                Arguments.of("headers without end", 431, post + "X: " + "x".repeat(20_000) + "\r\n\r\n"),
                Arguments.of("a length that is none", 400, post + "Content-Length: many\r\n\r\n{}"),
                Arguments.of("an Accept that is none", 400, post + "Accept: ;;\r\nContent-Length: 2\r\n\r\n{}"),
                Arguments.of("a method unknown", 405, "LIKE /v1/likes HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                Arguments.of("a path that is none", 400, "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                Arguments.of("no such path", 404, "GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\nAccept: ;;\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void malformedRequest_returnsAProblem(String name, int status, String request) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", producer.port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));

            RawHttpAnswer answer = RawHttpAnswer.read(new BufferedInputStream(socket.getInputStream()));

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
            JsonNode problem = JsonMapper.shared().readTree(answer.body());
            assertThat(problem.path("status").intValue()).isEqualTo(status);
            assertThat(problem.path("instance").stringValue())
                    .isEqualTo("urn:uuid:" + answer.headers().get("request-id"));
        }
    }

    @Test
    void malformedChunkedBody_returns400_andLogsNoError(CapturedOutput log) throws Exception {
        for (String broken : HostileRequests.brokenBodies()) {
            HostileRequests.assertRefused(broken, HostileRequests.send(port(), withBody(), bodyHeaders() + broken));
        }
        HostileRequests.assertLogIsQuiet(log.getAll());
    }
}
