package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.RawHttpAnswer;
import io.heartline.producer.RunningProducer;
import io.heartline.producer.StreamClient;
import io.heartline.quickstart.backends.Backends;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Streams through a proxy that forwards the whole body before it reads the answer. */
class ProxiedStreamIT {

    private static final int LINES = 150_000;
    private static final int MAX_HELD = LINES / 100;
    private static final String PROXIED = "X-Forwarded-For: 10.0.0.1";

    private static RunningProducer producer;

    @BeforeAll
    static void start() {
        producer =
                RunningProducer.on(Backends.unique("likes"), "heartline.producer.streams.max-held-results=" + MAX_HELD);
    }

    @AfterAll
    static void stop() {
        producer.close();
    }

    @Test
    void minimalResults_wholeStreamPasses_andRefusedLinesAreReportedAfterItsBody() throws Exception {
        try (StreamClient proxy = new StreamClient(producer.port, PROXIED, StreamClient.MINIMAL)) {
            List<JsonNode> results =
                    proxy.write(100, LikeBodies.REFUSED_LINE, LINES).end().results();

            assertThat(proxy.status()).isEqualTo(200);
            assertThat(proxy.header("Preference-Applied")).isEqualTo("return=minimal");
            assertThat(results).hasSize(LINES / 100 + 1);
            assertThat(results.get(0).path("line").intValue()).isEqualTo(100);
            assertThat(results.get(results.size() - 1).toString())
                    .isEqualTo("{\"done\":true,\"accepted\":" + (LINES - LINES / 100) + ",\"refused\":" + LINES / 100
                            + "}");
        }
    }

    @Test
    void tooManyRefusedLines_answerHasTheFirst_andEndsWithoutDone() throws Exception {
        try (StreamClient proxy = new StreamClient(producer.port, PROXIED, StreamClient.MINIMAL)) {
            proxy.write(50, LikeBodies.REFUSED_LINE, LINES).end();

            List<JsonNode> results = new ArrayList<>();
            assertThatThrownBy(() -> {
                        for (JsonNode result = proxy.result(); result != null; result = proxy.result()) {
                            results.add(result);
                        }
                    })
                    .isInstanceOf(IOException.class);

            assertThat(results).hasSize(MAX_HELD);
            assertThat(results.get(MAX_HELD - 1).path("line").intValue()).isEqualTo(50 * MAX_HELD);
            assertThat(results).noneMatch(result -> result.has("done"));
        }
    }

    @Test
    void bodyIsIncomplete_nothingIsSent() throws Exception {
        double before = refused();
        try (StreamClient proxy = new StreamClient(producer.port, PROXIED, StreamClient.MINIMAL)) {
            proxy.write(LikeBodies.lines(0, 10) + LikeBodies.REFUSED_LINE + LikeBodies.REFUSED_LINE)
                    .flush();
            await().atMost(Duration.ofSeconds(30)).until(() -> refused() == before + 2);

            assertThat(proxy.hasAnswer()).isFalse();

            assertThat(proxy.end().results()).hasSize(3);
        }
    }

    private static double refused() throws IOException, InterruptedException {
        return producer.metric("heartline_producer_refused_total", "reason=\"invalid-like\"");
    }

    @Test
    void withoutReturnMinimal_streamIsRefused_andTheProxyReceivesTheProblem() throws Exception {
        for (String connection : List.of("keep-alive", "close")) {
            try (StreamClient proxy = new StreamClient(producer.port, PROXIED, "Connection: " + connection)) {
                proxy.write(LINES, LikeBodies.REFUSED_LINE, LINES).end();

                assertThat(proxy.status()).isEqualTo(400);
                assertThat(proxy.problem().path("detail").stringValue()).contains("`Prefer: return=minimal`");
            }
        }
    }

    @Test
    void shortBody_isAnsweredLineByLine() throws Exception {
        HttpResponse<String> answer = producer.post(
                LikeBodies.lines(0, 3) + LikeBodies.REFUSED_LINE,
                "Content-Type",
                "application/x-ndjson",
                "X-Forwarded-For",
                "10.0.0.1");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).hasLineCount(5).endsWith("{\"done\":true,\"accepted\":3,\"refused\":1}\n");
    }

    @Test
    void overHttp10_answerHasNoChunks_andEndsWithItsConnection() throws Exception {
        byte[] body = LikeBodies.lines(0, 2).getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket("127.0.0.1", producer.port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(("POST /v1/likes HTTP/1.0\r\nContent-Type: application/x-ndjson\r\nContent-Length: "
                                    + body.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);

            RawHttpAnswer head = RawHttpAnswer.head(socket.getInputStream());
            String results = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers()).doesNotContainKey("transfer-encoding");
            assertThat(results)
                    .startsWith("{\"line\":1,\"status\":202")
                    .hasLineCount(3)
                    .contains("\"done\":true");
        }
    }
}
