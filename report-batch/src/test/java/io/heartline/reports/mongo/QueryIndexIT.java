package io.heartline.reports.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import io.heartline.quickstart.backends.Backends;
import io.heartline.reports.run.RunService;
import io.heartline.reports.worker.TestApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The in-process MongoDB creates no indexes, so a missing index would not make a query slow. These tests compare the indexes
 * that the service creates with the queries that it sends.
 */
@TestInstance(Lifecycle.PER_CLASS) // all tests share one service
class QueryIndexIT implements CommandListener {

    private final Queue<BsonDocument> commands = new ConcurrentLinkedQueue<>();
    private ConfigurableApplicationContext batch;

    @BeforeAll
    void start() {
        batch = TestApplication.start(this, Backends.newDatabase(), "heartline.reports.schedule=-");
        // the first instance on a database checks whether reports exist
        commands.removeIf(command -> is(command, "find", "weeklyReports"));
    }

    @AfterAll
    void close() {
        batch.close();
    }

    @Override
    public void commandStarted(CommandStartedEvent event) {
        commands.add(event.getCommand().clone()); // the driver frees the original when this method returns
    }

    @Test
    void latestRuns_useAnIndex() {
        batch.getBean(RunService.class).latest(20).block();

        assertThat(sentCommand("find", "runs").getDocument("sort")).isEqualTo(index("runs"));
    }

    @Test
    void removalOfExpiredRuns_usesAnIndex() {
        batch.getBean(RunService.class).removeExpired().block();

        BsonValue delete = sentCommand("delete", "runs").getArray("deletes").get(0);
        assertThat(delete.asDocument().getDocument("q").keySet())
                .containsExactly(index("runs").getFirstKey());
    }

    @Test
    void ranking_isReadFromItsIndexOnly() throws Exception {
        String url = "http://localhost:" + batch.getEnvironment().getProperty("local.server.port");
        HttpRequest ranking = HttpRequest.newBuilder(URI.create(url + "/v1/reports/current/authors"))
                .build();
        HttpClient.newHttpClient().send(ranking, BodyHandlers.discarding());

        BsonDocument index = index("weeklyReports");
        BsonDocument find = sentCommand("find", "weeklyReports");
        assertThat(find.getDocument("filter").keySet()).containsExactly(index.getFirstKey());
        assertThat(List.copyOf(index.keySet()).subList(1, 3))
                .isEqualTo(List.copyOf(find.getDocument("sort").keySet()));
        BsonDocument projection = find.getDocument("projection");
        assertThat(projection.getInt32("_id").getValue())
                .as("the id is excluded because only its own index contains it")
                .isZero();
        assertThat(index.keySet())
                .containsAll(projection.keySet().stream()
                        .filter(field -> !field.equals("_id"))
                        .toList());
    }

    @Test
    void weekTotals_areReadOnce_forConsecutiveRequests() throws Exception {
        String url = "http://localhost:" + batch.getEnvironment().getProperty("local.server.port");
        HttpRequest totals =
                HttpRequest.newBuilder(URI.create(url + "/v1/reports/2026-W40")).build();
        for (int i = 0; i < 3; i++) {
            assertThat(HttpClient.newHttpClient()
                            .send(totals, BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
        }

        assertThat(commands)
                .filteredOn(command -> is(command, "aggregate", "weeklyReports"))
                .filteredOn(command -> command.toJson().contains("2026-W40"))
                .hasSize(1);
    }

    /** Returns the key of the index that the service has created on the collection. */
    private BsonDocument index(String collection) {
        await().until(() -> commands.stream().anyMatch(command -> is(command, "createIndexes", collection)));
        return sentCommand("createIndexes", collection)
                .getArray("indexes")
                .get(0)
                .asDocument()
                .getDocument("key");
    }

    private BsonDocument sentCommand(String command, String collection) {
        return commands.stream()
                .filter(one -> is(one, command, collection))
                .findFirst()
                .orElseThrow();
    }

    private static boolean is(BsonDocument document, String command, String collection) {
        return document.getFirstKey().equals(command)
                && document.getString(command).getValue().equals(collection);
    }
}
