package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.LoggedLikes;
import io.heartline.producer.RunningProducer;
import io.heartline.producer.StreamClient;
import io.heartline.quickstart.backends.Backends;
import io.heartline.web.TestIssuer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A stream of likes ends with its token. */
class TokenExpiryIT {

    private static final int LIFE_SECONDS = 3;
    private static final String TOPIC = Backends.unique("likes");
    private static final LoggedLikes LOGGED = new LoggedLikes(Backends.bootstrapServers(), TOPIC);
    private static final TestIssuer ISSUER = new TestIssuer();

    private static RunningProducer producer;

    private final String author = Backends.unique("author");
    private final String authorization =
            "Bearer " + ISSUER.expiring(Instant.now().plusSeconds(LIFE_SECONDS), Backends.unique("app"), "likes:write");

    @BeforeAll
    static void start() {
        producer = RunningProducer.on(
                TOPIC,
                ISSUER.settings()[0],
                ISSUER.settings()[1],
                "heartline.security.clock-skew=0s",
                "server.forward-headers-strategy=native");
    }

    @AfterAll
    static void stop() {
        producer.close();
    }

    private String line(int number) {
        return LikeBodies.like(author, "liker-" + number) + '\n';
    }

    private long logged() throws Exception {
        return LOGGED.all().values().stream()
                .filter(like -> like.authorId().equals(author))
                .count();
    }

    private static void assertIsExpired(JsonNode result, int line) {
        assertThat(result.path("line").intValue()).isEqualTo(line);
        assertThat(result.path("status").intValue()).isEqualTo(401);
        assertThat(result.at("/problem/status").intValue()).isEqualTo(401);
        assertThat(result.at("/problem/detail").stringValue()).contains("expired");
    }

    @Test
    void tokenExpires_lastLineIs401_andTheConnectionIsClosed() throws Exception {
        try (StreamClient client = new StreamClient(producer.port, "Authorization: " + authorization)) {
            client.write(line(1)).write(line(2)).flush();

            List<JsonNode> results = client.results();

            assertThat(results).hasSize(3);
            assertThat(results.subList(0, 2))
                    .allSatisfy(result ->
                            assertThat(result.path("status").intValue()).isEqualTo(202));
            assertIsExpired(results.get(2), 3);
            assertThat(client.isClosed()).isTrue();
        }
        assertThat(producer.post(LikeBodies.like(author, "alone"), "Authorization", authorization)
                        .statusCode())
                .isEqualTo(401);
        assertThat(logged()).isEqualTo(2);
    }

    @Test
    void clientKeepsWriting_everyLineBeforeThe401IsLogged_andNoneAfterIt() throws Exception {
        CompletableFuture<Void> writing;
        List<JsonNode> results;
        try (StreamClient client = new StreamClient(producer.port, "Authorization: " + authorization)) {
            writing = CompletableFuture.runAsync(() -> writeUntilClosed(client));

            results = client.results();
        }
        writing.get(30, TimeUnit.SECONDS);
        int taken = results.size() - 1;
        assertThat(taken).isPositive();
        assertThat(results.subList(0, taken))
                .allSatisfy(
                        result -> assertThat(result.path("status").intValue()).isEqualTo(202));
        assertIsExpired(results.get(taken), taken + 1);
        assertThat(logged()).isEqualTo(taken);
    }

    /** Writes a line every 5 ms, and ends the request if the service does not close the connection. */
    private void writeUntilClosed(StreamClient client) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        try {
            for (int number = 1; System.nanoTime() < deadline; number++) {
                client.write(line(number)).flush();
                long next = System.nanoTime() + Duration.ofMillis(5).toNanos();
                await().pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() > next);
            }
            client.end();
        } catch (IOException e) {
            // the service or the test closed the connection
        }
    }

    @Test
    void minimalResults_the401LineIsSent() throws Exception {
        try (StreamClient client =
                new StreamClient(producer.port, "Authorization: " + authorization, StreamClient.MINIMAL)) {
            List<JsonNode> results = client.write(line(1)).flush().results();

            assertThat(results).hasSize(1);
            assertIsExpired(results.get(0), 2);
        }
    }

    @Test
    void throughNginx_heldResultsAreSentBeforeThe401Line(@TempDir Path folder) throws Exception {
        RunningNginx.assumeInstalled();
        CompletableFuture<Void> writing;
        try (RunningNginx proxy = new RunningNginx(folder, producer.port);
                StreamClient client =
                        new StreamClient(proxy.port, "Authorization: " + authorization, StreamClient.MINIMAL)) {
            client.write(LikeBodies.REFUSED_LINE).write(line(2)).flush();
            writing = CompletableFuture.runAsync(() -> writeUntilClosed(client));

            List<JsonNode> results = client.results();

            assertThat(results).hasSize(2);
            assertThat(results.get(0).path("line").intValue()).isEqualTo(1);
            assertIsExpired(results.get(1), Math.toIntExact(logged() + 2));
        }
        writing.get(30, TimeUnit.SECONDS);
    }
}
