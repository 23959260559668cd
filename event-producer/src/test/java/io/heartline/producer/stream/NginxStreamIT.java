package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.RunningProducer;
import io.heartline.producer.StreamClient;
import io.heartline.quickstart.backends.Backends;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Streams through a real nginx with {@code proxy/nginx.conf}, which stalled after some 70,000 lines. */
class NginxStreamIT {

    private static final int LINES = 150_000;
    private static final int MAX_HELD = LINES / 100;

    private static RunningProducer producer;
    private static RunningNginx nginx;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        RunningNginx.assumeInstalled();
        producer = RunningProducer.on(
                Backends.unique("likes"),
                "server.forward-headers-strategy=native",
                "heartline.producer.streams.max-held-results=" + MAX_HELD);
        nginx = new RunningNginx(folder, producer.port);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (nginx != null) {
            nginx.close();
        }
        if (producer != null) {
            producer.close();
        }
    }

    @Test
    void minimalResults_wholeStreamPasses_withItsRefusedLines() throws Exception {
        try (StreamClient client = new StreamClient(nginx.port, StreamClient.MINIMAL)) {
            List<JsonNode> results =
                    client.write(100, LikeBodies.REFUSED_LINE, LINES).end().results();

            assertThat(results).hasSize(LINES / 100 + 1);
            assertThat(results.get(results.size() - 1).toString())
                    .isEqualTo("{\"done\":true,\"accepted\":" + (LINES - LINES / 100) + ",\"refused\":" + LINES / 100
                            + "}");
        }
    }

    @Test
    void tooManyRefusedLines_answerHasTheFirst_andEndsWithoutDone() throws Exception {
        try (StreamClient client = new StreamClient(nginx.port, StreamClient.MINIMAL)) {
            client.write(10, LikeBodies.REFUSED_LINE, LINES).end();

            List<JsonNode> results = new ArrayList<>();
            assertThatThrownBy(() -> {
                        for (JsonNode result = client.result(); result != null; result = client.result()) {
                            results.add(result);
                        }
                    })
                    .isInstanceOf(IOException.class);

            assertThat(results).hasSize(MAX_HELD).noneMatch(result -> result.has("done"));
        }
    }

    @Test
    void withoutReturnMinimal_streamIsRefused() throws Exception {
        for (int i = 0; i < 10; i++) {
            try (StreamClient client = new StreamClient(nginx.port)) {
                client.write(LINES, LikeBodies.REFUSED_LINE, LINES).end();

                assertThat(client.status()).isEqualTo(400);
                assertThat(client.problem().path("detail").stringValue()).contains("`Prefer: return=minimal`");
            }
        }
    }
}
