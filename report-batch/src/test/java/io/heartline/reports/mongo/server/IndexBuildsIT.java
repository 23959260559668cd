package io.heartline.reports.mongo.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.ConnectionString;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoDatabase;
import io.heartline.quickstart.backends.Backends;
import io.heartline.quickstart.backends.NeedsMongoDb;
import io.heartline.reports.kafka.TestTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Two instances of this release start on a database with many reports and the indexes of earlier releases. */
@Isolated("captures the output of the JVM")
@NeedsMongoDb
@ExtendWith(OutputCaptureExtension.class)
class IndexBuildsIT {

    private static final int REPORTS = 100_000;
    private static final int REPORTS_PER_INSERT = 5_000;
    private static final String WEEK = "2026-W01";
    private static final String REPORTS_COLLECTION = "weeklyReports";

    private final String uri = Backends.newDatabase();
    private final MongoClient client = MongoClients.create(uri);
    private final MongoDatabase database = client.getDatabase(new ConnectionString(uri).getDatabase());
    private final CommandRecorder recorder = new CommandRecorder();
    private TestTopic likes;

    @BeforeEach
    void fill() throws Exception {
        likes = TestTopic.create(2);
        BatchOverHttp.start(new CommandRecorder(), likes, uri).close(); // stores the settings
        for (String collection : List.of(REPORTS_COLLECTION, "runs")) {
            Mono.from(database.getCollection(collection).drop()).block();
        }
        for (int first = 0; first < REPORTS; first += REPORTS_PER_INSERT) {
            List<Document> reports = IntStream.range(first, first + REPORTS_PER_INSERT)
                    .mapToObj(i -> new Document("_id", WEEK + "/author-" + i)
                            .append("week", WEEK)
                            .append("authorId", "author-" + i)
                            .append("revision", 1)
                            .append("likes", (long) i)
                            .append("unlikes", 0L)
                            .append("likers", (long) i)
                            .append("growth", (long) i)
                            .append("events", new Document("liked", (long) i).append("unliked", 0L))
                            .append("exact", true)
                            .append("relativeError", 0.0))
                    .collect(Collectors.toCollection(ArrayList::new));
            Mono.from(database.getCollection(REPORTS_COLLECTION).insertMany(reports))
                    .block();
        }
        // the indexes of earlier releases
        createIndex(
                REPORTS_COLLECTION,
                "ranking-1",
                Indexes.compoundIndex(
                        Indexes.ascending("week"), Indexes.descending("likes"), Indexes.ascending("authorId")));
        createIndex("runs", "latest", Indexes.descending("requestedAt"));
        // the name of an index of this release, with another key
        createIndex(REPORTS_COLLECTION, "ranking-growth-1", Indexes.ascending("week", "growth"));
    }

    private void createIndex(String collection, String name, Bson key) {
        Mono.from(database.getCollection(collection).createIndex(key, new IndexOptions().name(name)))
                .block();
    }

    @AfterEach
    void close() {
        client.close();
    }

    private Map<String, Document> indexes(String collection) {
        return Flux.from(database.getCollection(collection).listIndexes())
                .collectMap(index -> index.getString("name"), index -> index.get("key", Document.class))
                .block();
    }

    @Test
    void twoInstances_startAndRead_whileIndexesAreBuilt_andOldIndexesStay(CapturedOutput log) {
        CompletableFuture<BatchOverHttp> starting =
                CompletableFuture.supplyAsync(() -> BatchOverHttp.start(recorder, likes, uri));
        try (BatchOverHttp one = BatchOverHttp.start(new CommandRecorder(), likes, uri);
                BatchOverHttp another = starting.join()) {
            for (BatchOverHttp batch : List.of(one, another)) {
                assertThat(batch.get("/v1/reports/" + WEEK + "/authors?limit=3").body())
                        .contains("author-99999");
            }
            await().atMost(BatchOverHttp.SOON).untilAsserted(() -> assertThat(indexes(REPORTS_COLLECTION))
                    .containsOnlyKeys(
                            "_id_", "ranking-1", "ranking-2", "ranking-likers-1", "ranking-growth-1", "feed-due-1"));
            assertThat(indexes(REPORTS_COLLECTION).get("ranking-growth-1"))
                    .isEqualTo(new Document("week", 1).append("growth", 1));
            assertThat(indexes("runs")).containsOnlyKeys("_id_", "latest");
            await().untilAsserted(() ->
                    assertThat(log).contains("index ranking-growth-1 of weeklyReports exists with another key"));

            Mono.from(database.getCollection(REPORTS_COLLECTION).dropIndex("ranking-1"))
                    .block();
            assertThat(rankingPlan(another).indexes()).containsExactly("ranking-2");
        } finally {
            starting.thenAccept(BatchOverHttp::close);
        }
    }

    private QueryPlan rankingPlan(BatchOverHttp batch) {
        recorder.take();
        batch.json("/v1/reports/" + WEEK + "/authors?limit=3");
        BsonDocument ranking = recorder.take().stream()
                .filter(command ->
                        CommandRecorder.is(command, "find", REPORTS_COLLECTION) && command.containsKey("sort"))
                .findFirst()
                .orElseThrow();
        return QueryPlan.of(Mono.from(database.runCommand(QueryPlan.explaining(ranking), BsonDocument.class))
                .block());
    }
}
