package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.event.CommandListener;
import io.heartline.quickstart.backends.FaultyRelay;
import io.heartline.quickstart.backends.InProcessMongo;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** MongoDB is away when an instance starts, answers, and falls silent before the instance has compared its settings. */
@ExtendWith(OutputCaptureExtension.class)
class SilentBeforeComparedIT {

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
        batch = WholeBatch.start(
                new CommandListener() {},
                database.replace(port, ":" + relay.port()),
                "heartline.reports.schedule=-",
                "heartline.reports.watch=1h");
        relay.heal();
        await().atMost(Duration.ofSeconds(40))
                .until(() -> send("GET", "/v1/runs", "").statusCode() == 200);
        relay.blackHole();
    }

    @AfterEach
    void close() {
        relay.heal();
        batch.close();
        relay.close();
        mongo.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/reports/2026-W47/authors, ''",
        "POST, /v1/runs, ''",
        "DELETE, /v1/authors/alice, ''",
        "POST, /graphql, '{\"query\": \"{topAuthors(week: \\\"2026-W47\\\") {authorId}}\"}'"
    })
    void clientsHaveTheirAnswerInTime(String method, String path, String body, CapturedOutput log) throws Exception {
        long asked = System.nanoTime();

        HttpResponse<String> answer = send(method, path, body);

        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(LIMIT);
        if (path.equals("/graphql")) {
            assertThat(answer.body()).contains("UNAVAILABLE");
        } else {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        }
        assertThat(log.getAll()).doesNotContain("onErrorDropped");
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        String url = "http://localhost:" + batch.getEnvironment().getProperty("local.server.port");
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .method(method, BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(20))
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }
}
