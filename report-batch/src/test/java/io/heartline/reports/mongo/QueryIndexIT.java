package io.heartline.reports.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import io.heartline.quickstart.backends.Backends;
import io.heartline.reports.fold.DueReports;
import io.heartline.reports.ranking.RankingSort;
import io.heartline.reports.run.RunService;
import io.heartline.reports.worker.TestApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.threeten.extra.YearWeek;

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

        assertThat(sentCommand("find", "runs").getDocument("sort")).isEqualTo(index("runs", "latest-1"));
    }

    @Test
    void removalOfExpiredRuns_usesAnIndex() {
        batch.getBean(RunService.class).removeExpired().block();

        BsonValue delete = sentCommand("delete", "runs").getArray("deletes").get(0);
        assertThat(delete.asDocument().getDocument("q").keySet())
                .containsExactly(index("runs", "latest-1").getFirstKey());
    }

    @ParameterizedTest
    @EnumSource(RankingSort.class)
    void ranking_isReadFromItsIndexOnly(RankingSort sort) throws Exception {
        String url = "http://localhost:" + batch.getEnvironment().getProperty("local.server.port");
        HttpRequest ranking = HttpRequest.newBuilder(URI.create(url + "/v1/reports/current/authors?sort=" + sort))
                .build();
        HttpClient.newHttpClient().send(ranking, BodyHandlers.discarding());

        BsonDocument index = index("weeklyReports", sort.indexName());
        BsonDocument find = commands.stream()
                .filter(command -> is(command, "find", "weeklyReports"))
                .filter(command -> command.containsKey("sort")
                        && command.getDocument("sort").getFirstKey().equals(sort.name()))
                .findFirst()
                .orElseThrow();
        assertThat(find.getDocument("filter").keySet()).containsExactly(index.getFirstKey());
        assertThat(List.copyOf(index.entrySet()).subList(1, 3))
                .isEqualTo(List.copyOf(find.getDocument("sort").entrySet()));
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

    @Test
    void markedReports_areReadInTheOrderOfTheirIndex_withItsFilter() {
        new DueReports(batch.getBean(ReactiveMongoTemplate.class))
                .marked(YearWeek.of(2026, 47))
                .blockLast();

        BsonDocument index = createdIndex("weeklyReports", "feed-due-1");
        BsonDocument find = commands.stream()
                .filter(command -> is(command, "find", "weeklyReports"))
                .filter(command -> command.getDocument("filter").toJson().contains("\"feedDue\": {\"$exists\": true}"))
                .findFirst()
                .orElseThrow();
        assertThat(find.getDocument("sort")).isEqualTo(index.getDocument("key"));
        assertThat(index.getDocument("partialFilterExpression"))
                .isEqualTo(BsonDocument.parse("{feedDue: {$exists: true}}"));
    }

    /** Returns the key of an index that the service has created. */
    private BsonDocument index(String collection, String name) {
        return createdIndex(collection, name).getDocument("key");
    }

    private BsonDocument createdIndex(String collection, String name) {
        return await().until(
                        () -> commands.stream()
                                .filter(command -> is(command, "createIndexes", collection))
                                .map(command ->
                                        command.getArray("indexes").get(0).asDocument())
                                .filter(index ->
                                        index.getString("name").getValue().equals(name))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
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
