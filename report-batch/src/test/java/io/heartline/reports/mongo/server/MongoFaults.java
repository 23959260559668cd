package io.heartline.reports.mongo.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.ConnectionString;
import io.heartline.reports.kafka.TestTopic;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.bson.BsonDocument;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Faults of MongoDB during runs and reads, which the server itself produces: {@link MongoFaultsIT} with MongoDB, and
 * {@link EmulatedMongoFaultsIT} with an emulation of these faults.
 */
abstract class MongoFaults {

    private static final int AUTHORS = 20;
    private static final Duration LATE = Duration.ofSeconds(5);
    private static final Duration READERS_LIMIT = Duration.ofSeconds(10);

    private final CommandRecorder recorder = new CommandRecorder();
    private final SealedLikes week = SealedLikes.of(AUTHORS, 2, 1);
    private String uri;
    private TestTopic likes;
    private BatchOverHttp batch;

    /** Returns the URI of a database that no other test uses. */
    abstract String newDatabase();

    /** Executes a command on the primary, as an administrator. */
    abstract void administrate(Document command);

    @BeforeEach
    void start() throws Exception {
        uri = newDatabase();
        likes = TestTopic.create(4);
        likes.append(week.events());
        batch = BatchOverHttp.start(
                recorder,
                likes,
                uri,
                "heartline.reports.mongo.timeout=2s",
                "heartline.reports.chunk-size=20", // several chunks of each report
                "heartline.reports.read.cache-size=0"); // tests compare the stored reports
        await().atMost(BatchOverHttp.SOON)
                .until(() -> batch.get("/actuator/health/readiness").statusCode() == 200);
    }

    @AfterEach
    void close() {
        administrate(FailCommand.off().command());
        if (batch != null) {
            batch.close();
        }
    }

    private String namespace(String collection) {
        return new ConnectionString(uri).getDatabase() + "." + collection;
    }

    /** Executes an action before the first command that matches is sent. Returns whether it has happened. */
    private AtomicBoolean before(Predicate<BsonDocument> matches, Runnable action) {
        AtomicBoolean hasHappened = new AtomicBoolean();
        recorder.onStart(command -> {
            if (matches.test(command) && hasHappened.compareAndSet(false, true)) {
                CompletableFuture.runAsync(action).join(); // the threads of the driver must not block on its results
            }
        });
        return hasHappened;
    }

    /** The default of {@code heartline.reports.mongo.read-timeout} is 8 s. */
    @Test
    void slowReads_get503InTime_andReportsAfterwards() {
        batch.run();
        administrate(
                FailCommand.delay(Duration.ofSeconds(15), "find", "aggregate").command());

        long startedAt = System.nanoTime();
        List<HttpResponse<String>> answers = batch.getAll(List.of(
                "/v1/authors/author-1/reports/" + week.week(),
                "/v1/authors/author-1/summary?from=" + week.week() + "&to=" + week.week(),
                "/v1/reports/" + week.week() + "/authors",
                "/v1/reports/changes",
                "/v1/runs"));

        assertThat(Duration.ofNanos(System.nanoTime() - startedAt)).isLessThan(READERS_LIMIT);
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).contains("5");
        });
        administrate(FailCommand.off().command());
        await().atMost(BatchOverHttp.SOON)
                .until(() ->
                        batch.get("/v1/authors/author-1/reports/" + week.week()).statusCode() == 200);
        week.assertCountedOnce(batch);
    }

    /** The client gives up after 2 s. The server may execute the same write later, when another attempt has succeeded. */
    @ParameterizedTest
    @ValueSource(strings = {"weeklyReports", "progress"})
    void slowWrites_areRepeated_andEachRecordCountsOnce(String collection) {
        administrate(FailCommand.delay(Duration.ofSeconds(3), 2, "update", namespace(collection))
                .command());

        JsonNode run = batch.awaitRun(batch.requestRun());

        BatchOverHttp.assertDone(run);
        assertThat(recorder.failures()).contains("update");
        week.assertCountedOnce(batch);
        week.awaitMirror(batch);
    }

    /** The client gives up after 2 s, and counts the records of the write and later ones. Then the server executes the write. */
    @Test
    void writeThatIsExecutedAfterItsRepetition_changesNothing() {
        administrate(
                FailCommand.delay(LATE, 1, "update", namespace("weeklyReports")).command());

        batch.run();

        await().during(LATE).atMost(BatchOverHttp.SOON).untilAsserted(() -> week.assertCountedOnce(batch));
    }

    @ParameterizedTest
    @ValueSource(strings = {"weeklyReports", "progress"})
    void missingMajority_failsTheRun_andTheNextRunCountsEachRecordOnce(String collection) {
        administrate(FailCommand.writeConcernError(1, "update", namespace(collection))
                .command());

        JsonNode failed = batch.awaitRun(batch.requestRun());

        assertThat(failed.at("/status").stringValue()).isEqualTo("failed");
        assertThat(failed.at("/error").stringValue()).startsWith("MongoDB: ");
        batch.run();
        week.assertCountedOnce(batch);
        week.awaitMirror(batch);
    }

    @Test
    void missingMajorityOfAPass_isRepeated_andTheMirrorIsComplete() {
        administrate(FailCommand.writeConcernError(1, "insert", namespace("reportChanges"))
                .command());

        batch.run();

        week.awaitMirror(batch);
    }

    @Test
    void leasesOnAFormerPrimary_areRepeated_andTheRunIsDone() {
        administrate(FailCommand.error(FailCommand.NOT_WRITABLE_PRIMARY, 6, "findAndModify", namespace("progress"))
                .command());

        batch.run();

        assertThat(recorder.failures()).contains("findAndModify");
        week.assertCountedOnce(batch);
    }

    @Test
    void closedConnectionsOfLeases_areRepeated_andTheRunIsDone() {
        administrate(FailCommand.networkError(6, "findAndModify", namespace("progress"))
                .command());

        batch.run();

        assertThat(recorder.failures()).contains("findAndModify");
        week.assertCountedOnce(batch);
    }

    @Test
    void stepDownDuringAFold_theRunIsDone_andEachRecordCountsOnce() {
        AtomicBoolean hasSteppedDown =
                before(command -> CommandRecorder.is(command, "update", "weeklyReports"), this::stepDown);
        try (BatchOverHttp other = BatchOverHttp.start(new CommandRecorder(), likes, uri)) {
            String run = batch.requestRun();

            BatchOverHttp.assertDone(other.awaitRun(run));
            assertThat(hasSteppedDown).isTrue();
            week.assertCountedOnce(other);
            week.awaitMirror(other);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"insert reportChanges", "update changeFeed"})
    void stepDownDuringASealingPass_theMirrorIsComplete(String write) {
        String[] commandAndCollection = write.split(" ");
        AtomicBoolean hasSteppedDown = before(
                command -> CommandRecorder.is(command, commandAndCollection[0], commandAndCollection[1])
                        && !command.toJson().contains("\"lease\""),
                this::stepDown);

        batch.requestRun();

        await().atMost(BatchOverHttp.SOON).untilTrue(hasSteppedDown);
        await().atMost(BatchOverHttp.SOON)
                .until(() -> batch.get("/actuator/health/readiness").statusCode() == 200);
        week.awaitMirror(batch);
        week.assertCountedOnce(batch);
    }

    private void stepDown() {
        administrate(new Document("replSetStepDown", 10).append("secondaryCatchUpPeriodSecs", 5));
    }
}
