package io.heartline.reports.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.event.CommandListener;
import io.heartline.quickstart.backends.FaultyRelay;
import io.heartline.quickstart.backends.InProcessMongo;
import io.heartline.reports.worker.TestApplication;
import io.heartline.web.CapturedLog;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * MongoDB is down when an instance starts, then answers, and falls silent before the instance has compared its settings.
 */
@ExtendWith(CapturedLog.class)
class MongoSilentAtStartIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final InProcessMongo mongo = InProcessMongo.inMemory();
    private FaultyRelay relay;
    private ConfigurableApplicationContext batch;

    @BeforeEach
    void start() throws Exception {
        String database = mongo.database("silent");
        String port = ":" + URI.create(database).getPort();
        relay = new FaultyRelay(Integer.parseInt(port.substring(1)));
        relay.blackHole();
        batch = TestApplication.start(
                new CommandListener() {},
                database.replace(port, ":" + relay.port()),
                "heartline.reports.schedule=-",
                "heartline.reports.queue-poll-interval=1h");
        relay.heal();
        await().atMost(Duration.ofSeconds(40))
                .until(() -> ask("GET", "/v1/runs", "").join().status() == 200);
        relay.blackHole();
    }

    @AfterEach
    void close() {
        relay.heal();
        batch.close();
        relay.close();
        mongo.close();
    }

    @Test
    void silentMongo_clientsAreAnsweredWithinTheLimit(CapturedOutput log) {
        List<CompletableFuture<Answer>> answers = List.of(
                ask("GET", "/v1/reports/2026-W47/authors", ""),
                ask("POST", "/v1/runs", ""),
                ask("DELETE", "/v1/authors/alice", ""),
                ask("POST", "/graphql", "{\"query\": \"{topAuthors(week: \\\"2026-W47\\\") {authorId}}\"}"));

        assertThat(answers).map(CompletableFuture::join).allSatisfy(answer -> {
            assertThat(answer.after()).isLessThan(LIMIT);
            if (answer.status() == 200) { // GraphQL returns errors in the body
                assertThat(answer.body()).contains("UNAVAILABLE");
            } else {
                assertThat(answer.status()).as(answer.body()).isEqualTo(503);
            }
        });
        assertThat(answers).filteredOn(answer -> answer.join().status() == 200).hasSize(1);
        assertThat(log.getAll()).doesNotContain("onErrorDropped");
    }

    private record Answer(int status, String body, Duration after) {}

    private CompletableFuture<Answer> ask(String method, String path, String body) {
        long startedAt = System.nanoTime();
        return HTTP.sendAsync(request(method, path, body), BodyHandlers.ofString())
                .thenApply(answer -> new Answer(
                        answer.statusCode(), answer.body(), Duration.ofNanos(System.nanoTime() - startedAt)));
    }

    private HttpRequest request(String method, String path, String body) {
        String url = "http://localhost:" + batch.getEnvironment().getProperty("local.server.port");
        return HttpRequest.newBuilder(URI.create(url + path))
                .method(method, BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(20))
                .build();
    }
}
