package io.heartline.reports.mongo.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.ConnectionString;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoDatabase;
import io.heartline.quickstart.backends.Backends;
import io.heartline.quickstart.backends.MongoReplicaSet;
import io.heartline.quickstart.backends.NeedsMongoDb;
import io.heartline.reports.ranking.RankingSort;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** MongoDB executes the recorded queries by the intended index, and rankings from the index alone. */
@NeedsMongoDb
class QueryPlansIT {

    private static RecordedQueries recorded;
    private static MongoClient client;
    private static MongoDatabase database;

    @BeforeAll
    static void record() throws Exception {
        String uri = Backends.newDatabase();
        client = MongoClients.create(uri);
        database = client.getDatabase(new ConnectionString(uri).getDatabase());
        Document build =
                Mono.from(database.runCommand(new Document("buildInfo", 1))).block();
        assertThat(build.getString("version")).startsWith(MongoReplicaSet.version());
        recorded = new RecordedQueries(uri);
        await().until(() -> indexes("weeklyReports")
                .containsAll(List.of("ranking-2", "ranking-likers-1", "ranking-growth-1", "feed-due-1")));
    }

    @AfterAll
    static void close() {
        if (recorded != null) {
            recorded.close();
        }
        if (client != null) {
            client.close();
        }
    }

    private static List<String> indexes(String collection) {
        return Flux.from(database.getCollection(collection).listIndexes())
                .map(index -> index.getString("name"))
                .collectList()
                .block();
    }

    private static QueryPlan explain(BsonDocument command) {
        return QueryPlan.of(Mono.from(database.runCommand(QueryPlan.explaining(command), BsonDocument.class))
                .block());
    }

    /** Explains the queries of a request on one collection, of which there has to be at least one. */
    private static List<QueryPlan> plans(String request, String collection) {
        List<QueryPlan> plans = recorded.byRequest().get(request).stream()
                .filter(command -> CommandRecorder.collection(command).equals(collection))
                .map(QueryPlansIT::explain)
                .toList();
        assertThat(plans).as(request).isNotEmpty();
        return plans;
    }

    @ParameterizedTest
    @EnumSource(RankingSort.class)
    void pageOfARanking_isReadFromItsIndexAlone_andReadsNoMoreThanThePage(RankingSort sort) {
        for (String request : List.of("ranking by " + sort, "next page of the ranking by " + sort)) {
            assertThat(plans(request, "weeklyReports")).allSatisfy(plan -> {
                assertCovered(plan, sort.indexName());
                assertThat(plan.returned()).isEqualTo(RecordedQueries.PAGE + 1);
                // each range of the index may read one entry more
                assertThat(plan.keysExamined()).isLessThanOrEqualTo(plan.returned() + 3);
            });
        }
    }

    @ParameterizedTest
    @EnumSource(RankingSort.class)
    void exportOfARanking_isReadFromItsIndexAlone(RankingSort sort) {
        assertThat(plans("export of the ranking by " + sort, "weeklyReports"))
                .allSatisfy(plan -> assertCovered(plan, sort.indexName()));
    }

    @Test
    void totals_areReadFromAnIndexAlone() {
        assertThat(plans("totals", "weeklyReports")).allSatisfy(plan -> {
            assertThat(plan.docsExamined()).as(plan.toString()).isZero();
            assertThat(plan.stages()).as(plan.toString()).contains("IXSCAN").doesNotContain("SORT", "COLLSCAN");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"report", "reports", "posts", "summary"})
    void reportsOfAnAuthor_areFoundById_andNoOtherDocumentIsRead(String request) {
        assertThat(plans(request, "weeklyReports")).allSatisfy(plan -> assertReadById(plan));
    }

    @ParameterizedTest
    @ValueSource(strings = {"feed", "next page of the feed"})
    void pageOfTheFeed_isReadInTheOrderOfIds_andItsReportsAreFoundById(String request) {
        assertThat(plans(request, "reportChanges")).allSatisfy(plan -> assertReadById(plan));
        assertThat(plans(request, "weeklyReports")).allSatisfy(plan -> assertReadById(plan));
    }

    @Test
    void latestRuns_areReadInTheOrderOfTheirIndex() {
        assertThat(plans("runs", "runs")).allSatisfy(plan -> {
            assertThat(plan.indexes()).as(plan.toString()).containsExactly("latest-1");
            assertThat(plan.stages()).as(plan.toString()).doesNotContain("SORT");
        });
    }

    @Test
    void sealingPasses_readInTheOrderOfAnIndex() {
        List<BsonDocument> passes = recorded.ofRunsAndPasses().stream()
                .filter(command -> CommandRecorder.is(command, "find", "weeklyReports"))
                .filter(command -> command.isDocument("sort"))
                .filter(command ->
                        command.getDocument("projection", new BsonDocument()).containsKey("feedDue"))
                .toList();

        assertThat(passes).isNotEmpty().map(QueryPlansIT::explain).allSatisfy(plan -> {
            assertThat(plan.stages()).as(plan.toString()).doesNotContain("SORT", "COLLSCAN");
            assertThat(plan.indexes()).as(plan.toString()).isSubsetOf("_id_", "feed-due-1");
        });
        assertThat(passes)
                .filteredOn(command -> command.getDocument("sort").containsKey("week"))
                .isNotEmpty()
                .map(QueryPlansIT::explain)
                .allSatisfy(plan -> assertThat(plan.indexes()).containsExactly("feed-due-1"));
    }

    @Test
    void weeksWithReports_areReadFromAnIndexAlone() {
        assertThat(recorded.ofRunsAndPasses())
                .filteredOn(command -> CommandRecorder.name(command).equals("distinct"))
                .isNotEmpty()
                .map(QueryPlansIT::explain)
                .allSatisfy(plan -> assertThat(plan.docsExamined()).isZero());
    }

    @Test
    void noCommand_readsAWholeCollection() {
        assertThat(recorded.ofRunsAndPasses())
                .filteredOn(command -> !isForAnyDocument(command))
                .isNotEmpty()
                .allSatisfy(command -> assertThat(explain(command).stages())
                        .as(command.toJson())
                        .doesNotContain("COLLSCAN"));
    }

    /** Returns whether the query asks only whether there is a document. */
    private static boolean isForAnyDocument(BsonDocument command) {
        return command.getDocument("filter", new BsonDocument()).isEmpty()
                && command.containsKey("limit")
                && !command.containsKey("sort");
    }

    private static void assertCovered(QueryPlan plan, String index) {
        assertThat(plan.docsExamined()).as(plan.toString()).isZero();
        assertThat(plan.indexes()).as(plan.toString()).containsExactly(index);
        assertThat(plan.stages()).as(plan.toString()).contains("IXSCAN").doesNotContain("SORT", "COLLSCAN");
    }

    private static void assertReadById(QueryPlan plan) {
        assertThat(plan.isById()).as(plan.toString()).isTrue();
        assertThat(plan.stages()).as(plan.toString()).doesNotContain("SORT", "COLLSCAN");
        assertThat(plan.docsExamined()).as(plan.toString()).isEqualTo(plan.returned());
    }

    @Test
    void largeCollections_haveTheIndexesOfThisRelease_andNoOthers() {
        assertThat(Set.copyOf(indexes("weeklyReports")))
                .containsExactlyInAnyOrder("_id_", "ranking-2", "ranking-likers-1", "ranking-growth-1", "feed-due-1");
        assertThat(indexes("reportChanges")).containsExactlyInAnyOrder("_id_", "author-1", "erased-1");
        assertThat(indexes("runs")).containsExactlyInAnyOrder("_id_", "latest-1");
    }
}
