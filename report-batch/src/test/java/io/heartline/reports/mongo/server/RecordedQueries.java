package io.heartline.reports.mongo.server;

import static org.awaitility.Awaitility.await;

import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.ranking.RankingSort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import tools.jackson.databind.JsonNode;

/**
 * The commands that batches send to MongoDB for each request, for runs and for the feed's passes. The database has reports of sealed
 * weeks. A test explains exactly these commands, so it cannot differ from the code.
 */
final class RecordedQueries implements AutoCloseable {

    /** The number of authors, of which a page has only a few. */
    static final int AUTHORS = 50;

    static final int PAGE = 5;

    /** The number of an author's weeks, of which a reply has only a few. */
    private static final int WEEKS = 12;

    private static final Set<String> QUERIES = Set.of("find", "aggregate", "distinct");
    private static final Set<String> WRITES = Set.of("update", "delete", "findAndModify");

    /** Collections that grow with authors, weeks, or runs. The others have a document for each partition, week, or erasure. */
    static final Set<String> LARGE_COLLECTIONS = Set.of("weeklyReports", "reportChanges", "runs");

    private final CommandRecorder writes = new CommandRecorder();
    private final CommandRecorder reads = new CommandRecorder();
    private final SealedLikes week = SealedLikes.of(AUTHORS, 2, 1);
    private final SealedLikes weekBefore = SealedLikes.of(AUTHORS, 3, 1000);
    private final List<BatchOverHttp> batches = new ArrayList<>();
    private final Map<String, List<BsonDocument>> byRequest = new LinkedHashMap<>();
    private final List<BsonDocument> ofRequests = new ArrayList<>();
    private final List<BsonDocument> ofRunsAndPasses;

    /** Folds and enters reports, then sends each kind of request to an instance that only reads. */
    RecordedQueries(String database) throws Exception {
        TestTopic likes = TestTopic.create(2);
        likes.append(weekBefore.events());
        for (int weeksAgo = WEEKS; weeksAgo > 3; weeksAgo--) {
            likes.append(SealedLikes.of(2, weeksAgo, 1).events());
        }
        likes.append(week.events());
        BatchOverHttp writer = BatchOverHttp.start(writes, likes, database);
        batches.add(writer);
        writer.run();
        week.awaitMirror(writer);
        SealedLikes late = SealedLikes.of(AUTHORS, 2, 5000);
        likes.append(late.events());
        writer.run();
        week.and(late).awaitMirror(writer);
        writer.erase("author-0");
        await().atMost(BatchOverHttp.SOON)
                .until(() -> writer.get("/v1/reports/changes?limit=1000").body().contains("\"erased\""));
        ofRunsAndPasses = writes.take();
        BatchOverHttp reader = BatchOverHttp.start(reads, likes, database, "heartline.reports.schedule=-");
        batches.add(reader);
        sendRequests(reader);
    }

    private void sendRequests(BatchOverHttp reader) {
        String ofAuthor = "/v1/authors/author-1";
        String range = "?from=" + week.week().minusWeeks(WEEKS - 2) + "&to=" + week.week();
        for (RankingSort sort : RankingSort.values()) {
            String path = "/v1/reports/" + week.week() + "/authors?sort=" + sort;
            record("ranking by " + sort, reader, path + "&limit=" + PAGE);
            JsonNode first = reader.json(path + "&limit=" + PAGE);
            record(
                    "next page of the ranking by " + sort,
                    reader,
                    path + "&limit=" + PAGE + "&cursor=" + first.at("/next").stringValue());
            record("export of the ranking by " + sort, reader, path + "&format=csv");
        }
        record("totals", reader, "/v1/reports/" + week.week());
        reader.watch(ofAuthor + "/reports/" + week.week());
        ofRequests.addAll(reads.take());
        record("report", reader, ofAuthor + "/reports/" + week.week());
        record("reports", reader, ofAuthor + "/reports" + range);
        record("posts", reader, ofAuthor + "/reports/" + week.week() + "/posts?limit=3");
        record("summary", reader, ofAuthor + "/summary" + range);
        record("feed", reader, "/v1/reports/changes?limit=" + PAGE);
        JsonNode page = reader.json("/v1/reports/changes?limit=" + PAGE);
        record(
                "next page of the feed",
                reader,
                "/v1/reports/changes?limit=" + PAGE + "&after="
                        + page.at("/next").stringValue());
        record("runs", reader, "/v1/runs");
    }

    private void record(String name, BatchOverHttp reader, String path) {
        reads.take();
        int status = reader.get(path).statusCode();
        if (status != 200) {
            throw new IllegalStateException(path + " has status " + status);
        }
        List<BsonDocument> commands = reads.take();
        byRequest.put(name, largeOnly(commands));
        ofRequests.addAll(commands);
    }

    private static List<BsonDocument> largeOnly(List<BsonDocument> commands) {
        return commands.stream()
                .filter(command -> LARGE_COLLECTIONS.contains(CommandRecorder.collection(command)))
                .filter(command -> QUERIES.contains(CommandRecorder.name(command))
                        || WRITES.contains(CommandRecorder.name(command)))
                .toList();
    }

    /** Returns the queries of {@link #LARGE_COLLECTIONS} that each kind of request has caused, by the name of the request. */
    Map<String, List<BsonDocument>> byRequest() {
        return byRequest;
    }

    /** Returns the queries, updates and deletions of {@link #LARGE_COLLECTIONS} that runs, passes and an erasure have caused. */
    List<BsonDocument> ofRunsAndPasses() {
        return largeOnly(ofRunsAndPasses);
    }

    /** Returns all commands of the requests, runs, passes and the erasure. */
    List<BsonDocument> all() {
        return Stream.concat(ofRunsAndPasses.stream(), ofRequests.stream()).toList();
    }

    @Override
    public void close() {
        batches.forEach(BatchOverHttp::close);
    }
}
