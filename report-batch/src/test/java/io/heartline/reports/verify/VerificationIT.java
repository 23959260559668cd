package io.heartline.reports.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.CrashPoints;
import io.heartline.reports.worker.SimulatedCrash;
import io.heartline.reports.worker.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class VerificationIT {

    private static final YearWeek WEEK = TestDatabase.WEEK;

    private final TestDatabase database = new TestDatabase();
    private TestTopic likes;
    private BatchInstance batch;

    @BeforeEach
    void aWeekThatWasFolded() throws Exception {
        likes = TestTopic.create(2);
        batch = database.batch(likes);
        likes.append(TestDatabase.randomLikes(500));
        batch.run();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void foldedWeek_equalsTheLog() {
        Verification.Result result = batch.verification.verify(WEEK);

        assertThat(result.unreachableReason()).isNull();
        assertThat(result.comparedReports()).isEqualTo(TestDatabase.AUTHORS.size());
        assertThat(result.differences()).isEmpty();
    }

    @Test
    void unfoldedLikes_areNoDifference() throws Exception {
        likes.append(TestDatabase.randomLikes(100, 1));
        likes.append(List.of(new Liked("e", "p-1", "newcomer", "bob", LikeFixtures.MONDAY)));

        assertThat(batch.verification.verify(WEEK).differences()).isEmpty();
    }

    @Test
    void reportsOfACrashedRun_areComparedUpToTheirOwnOffset() throws Exception {
        likes.append(TestDatabase.randomLikes(400, 1));
        BatchInstance dying = database.batch(likes, 100, CrashPoints.crashingAt(CrashPoints.IN_BULK, 1));
        try {
            dying.execute(dying.request());
        } catch (SimulatedCrash e) {
            // expected: the saved reports are now ahead of progress
        }

        Verification.Result result = batch.verification.verify(WEEK);

        assertThat(result.differences()).isEmpty();
        assertThat(result.comparedReports()).isEqualTo(TestDatabase.AUTHORS.size());
    }

    /** Producers have a setting that limits how far an event may be in the future, and it may allow days. */
    @Test
    void likesLoggedLongBeforeTheirWeek_areNoDifference() throws Exception {
        Instant inTwoWeeks = Instant.now().plus(Duration.ofDays(14));
        YearWeek later = YearWeek.from(inTwoWeeks.atZone(ZoneOffset.UTC));
        likes.append(List.of(
                new Liked("e-1", "p-1", "alice", "bob", inTwoWeeks),
                new Liked("e-2", "p-1", "carol", "bob", inTwoWeeks)));
        batch.run();

        Verification.Result equal = batch.verification.verify(later);
        inReports(reports ->
                Mono.from(reports.updateOne(Filters.eq("_id", later + "/carol"), Updates.inc("events.liked", 1L))));
        Verification.Result different = batch.verification.verify(later);

        assertThat(equal.differences()).isEmpty();
        assertThat(equal.comparedReports()).isEqualTo(2);
        assertThat(different.differences()).singleElement().isEqualTo(later + "/carol: events.liked 2, in the log 1");
        assertThat(different.comparedReports()).isEqualTo(2);
    }

    @Test
    void wrongFigure_isNamed() {
        long likesOfAlice = database.figures("alice").likes();
        update("alice", Updates.inc("events.liked", 1L));

        assertThat(batch.verification.verify(WEEK).differences())
                .singleElement()
                .asString()
                .startsWith(WEEK + "/alice: events.liked ")
                .doesNotContain("likers");
        assertThat(database.figures("alice").likes()).isEqualTo(likesOfAlice);
    }

    @Test
    void missingReport_isNamed() {
        inReports(reports -> Mono.from(reports.deleteOne(Filters.eq("authorId", "alice"))));

        assertThat(batch.verification.verify(WEEK).differences())
                .singleElement()
                .asString()
                .startsWith(WEEK + "/alice: there is no report, and the log has ");
    }

    @Test
    void reportWithoutLikesInTheLog_isNamed() {
        ReportStore reports = new ReportStore(database.mongo);
        WeeklyReport made =
                new WeeklyReport(new ReportKey(WEEK, "unliked"), likes.log().epoch(), 0);
        made.fold(LikeFixtures.HASH, new Liked("e", "p-1", "unliked", "bob", LikeFixtures.MONDAY), 0, 0);
        reports.save(List.of(made)).block();

        assertThat(batch.verification.verify(WEEK).differences())
                .singleElement()
                .asString()
                .startsWith(WEEK + "/unliked: likes 1, in the log 0;");
    }

    @Test
    void weekFoldedDuringVerification_isComparedAgain() throws Exception {
        List<LikeEvent> more = new ArrayList<>(TestDatabase.randomLikes(200, 1));
        BatchInstance other = database.batch(likes);
        ReportStore racing = new ReportStore(database.mongo) {
            private boolean isFirst = true;

            @Override
            public Flux<WeeklyReport> load(Collection<ReportKey> keys) {
                return Mono.fromCallable(() -> {
                            if (isFirst) {
                                isFirst = false;
                                likes.append(more);
                                other.run();
                            }
                            return keys;
                        })
                        .flatMapMany(super::load);
            }
        };
        Verification verification =
                new Verification(likes.clients(500), batch.erasureStores(racing), Duration.ofSeconds(30));

        Verification.Result result = verification.verify(WEEK);

        assertThat(result.differences()).isEmpty();
        assertThat(result.comparedReports()).isEqualTo(TestDatabase.AUTHORS.size());
    }

    @Test
    void logBeginningInTheWeek_isUnreachable() throws Exception {
        likes.deleteBefore(1, 5);

        Verification.Result result = batch.verification.verify(WEEK);

        assertThat(result.unreachableReason()).startsWith("partition 1 begins at offset 5, logged at ");
    }

    @Test
    void offsetResetAfterTheWeek_isUnreachable() throws Exception {
        likes.recreate(2);
        assertThat(batch.verification.verify(WEEK).unreachableReason()).startsWith("progress belongs to another log");
        batch.offsetReset.reset();

        assertThat(batch.verification.verify(WEEK).unreachableReason()).startsWith("another log was accepted at ");
    }

    @Test
    void verification_writesNothing() throws Exception {
        likes.append(TestDatabase.randomLikes(100, 1));
        likes.send(List.of(new ProducerRecord<>(likes.topic, 0, null, "not a like".getBytes(StandardCharsets.UTF_8))));
        List<Document> before = everything();

        batch.verification.verify(WEEK);

        assertThat(everything()).isEqualTo(before);
        Admin admin = likes.clients(1).admin();
        try {
            assertThat(admin.listTopics().names().get()).doesNotContain(likes.deadLetterTopic());
        } finally {
            KafkaClients.closeImmediately(admin);
        }
    }

    private List<Document> everything() {
        return database.mongo
                .getCollectionNames()
                .sort()
                .concatMap(name -> Flux.from(database.mongo.getCollection(name))
                        .concatMap(collection -> Flux.from(collection.find().sort(new Document("_id", 1)))))
                .collectList()
                .block();
    }

    private void update(String author, Bson update) {
        inReports(reports -> Mono.from(reports.updateOne(Filters.eq("authorId", author), update)));
    }

    private void inReports(Function<MongoCollection<Document>, Mono<?>> action) {
        database.mongo
                .getCollection(ReportStore.COLLECTION)
                .flatMap(reports -> action.apply(reports))
                .block();
    }
}
