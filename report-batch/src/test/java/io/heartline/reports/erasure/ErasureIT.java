package io.heartline.reports.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.verify.Verification;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.CrashPoints;
import io.heartline.reports.worker.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** The guarantees of docs/security.md about erasure. {@link ErasureCrashIT} covers paused and crashed instances. */
class ErasureIT {

    private static final String AUTHOR = TestDatabase.AUTHORS.get(0);

    private final TestDatabase database = new TestDatabase();
    private final List<LikeEvent> events = TestDatabase.randomLikes(500);
    private TestTopic likes;
    private BatchInstance batch;

    @BeforeEach
    void someLikesAreFolded() throws Exception {
        likes = TestTopic.create(4);
        batch = database.batch(likes);
        likes.append(events);
        batch.run();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void delete(String collection, Bson what) {
        Flux.from(database.mongo.getCollection(collection).flatMapMany(all -> all.deleteMany(what)))
                .blockLast();
    }

    private List<String> documents(String collection) {
        return database.mongo
                .getCollection(collection)
                .flatMapMany(all -> all.find())
                .map(Document::toJson)
                .collectList()
                .block();
    }

    private static boolean isOfAuthor(LikeEvent event) {
        return event.authorId().equals(AUTHOR);
    }

    private static List<LikeEvent> ofAuthor(List<LikeEvent> events) {
        return events.stream().filter(ErasureIT::isOfAuthor).toList();
    }

    private static List<LikeEvent> ofOthers(List<LikeEvent> events) {
        return events.stream().filter(event -> !isOfAuthor(event)).toList();
    }

    private static List<LikeEvent> sum(List<LikeEvent> events, List<LikeEvent> more) {
        List<LikeEvent> sum = new ArrayList<>(events);
        sum.addAll(more);
        return sum;
    }

    private Erasure erasure() {
        return batch.erasures.find(AUTHOR).block();
    }

    @Test
    void erasedAuthor_hasZeroReports_andOthersKeepTheirs() {
        assertThat(batch.eraser.erase(AUTHOR)).isEqualTo(1);

        batch.run();
        database.assertFiguresEqualNaiveCount(ofOthers(events));
        assertThat(batch.verification.verify(TestDatabase.WEEK).differences()).isEmpty();
    }

    @Test
    void authorWithoutReports_canBeErasedRepeatedly() {
        assertThat(batch.eraser.erase("nobody")).isZero();
        assertThat(batch.eraser.erase("nobody")).isZero();

        database.assertFiguresEqualNaiveCount(events);
    }

    @Test
    void likesLoggedAfterAnErasure_areCounted() throws Exception {
        batch.eraser.erase(AUTHOR);
        List<LikeEvent> later = TestDatabase.randomLikes(100, 1);
        likes.append(later);

        batch.run();

        database.assertFiguresEqualNaiveCount(sum(ofOthers(events), later));
        assertThat(batch.verification.verify(TestDatabase.WEEK).differences()).isEmpty();
    }

    @Test
    void unfoldedLikesLoggedBeforeAnErasure_areNotCounted() throws Exception {
        List<LikeEvent> unfolded = TestDatabase.randomLikes(100, 1);
        likes.append(unfolded);
        batch.eraser.erase(AUTHOR);
        List<LikeEvent> later = TestDatabase.randomLikes(50, 2);
        likes.append(later);

        batch.run();

        database.assertFiguresEqualNaiveCount(sum(ofOthers(sum(events, unfolded)), later));
        assertThat(batch.records("erased")).isEqualTo(ofAuthor(unfolded).size());
        batch.assertEveryRecordIsAccountedFor();
        assertThat(batch.verification.verify(TestDatabase.WEEK).differences()).isEmpty();
    }

    @Test
    void allWeeksOfAnAuthor_areErased() throws Exception {
        Instant[] times = {
            LikeFixtures.MONDAY.minus(Duration.ofDays(365)),
            LikeFixtures.MONDAY,
            LikeFixtures.MONDAY.plus(Duration.ofDays(7))
        };
        for (Instant at : times) {
            likes.append(List.of(new Liked("e", "p-1", "gina", "bob", at), new Liked("e", "p-1", "hugo", "bob", at)));
        }
        batch.run();

        assertThat(batch.eraser.erase("gina")).isEqualTo(3);

        assertThat(documents("weeklyReports"))
                .noneMatch(report -> report.contains("\"gina\""))
                .filteredOn(report -> report.contains("\"hugo\""))
                .hasSize(3);
    }

    /** If progress is lost, all records that the log still contains are pulled again. */
    @Test
    void lostProgress_erasedLikesAreNotCountedAgain() throws Exception {
        batch.eraser.erase(AUTHOR);
        delete("progress", new Document());
        List<LikeEvent> later = TestDatabase.randomLikes(100, 1);
        likes.append(later);

        batch.run();

        database.assertFiguresEqualNaiveCount(sum(ofOthers(events), later));
        delete("progress", new Document());
        batch.run();
        database.assertFiguresEqualNaiveCount(sum(ofOthers(events), later));
    }

    @Test
    void secondErasure_deletesLikesCountedSinceTheFirst() throws Exception {
        batch.eraser.erase(AUTHOR);
        List<LikeEvent> between = TestDatabase.randomLikes(100, 1);
        likes.append(between);
        batch.run();

        assertThat(batch.eraser.erase(AUTHOR)).isEqualTo(1);

        List<LikeEvent> later = TestDatabase.randomLikes(50, 2);
        likes.append(later);
        batch.run();
        database.assertFiguresEqualNaiveCount(sum(ofOthers(sum(events, between)), later));
    }

    @Test
    void kafkaDown_reportsAreDeleted_andTheNextRunCompletesTheErasure() throws Exception {
        List<LikeEvent> unfolded = TestDatabase.randomLikes(100, 1);
        likes.append(unfolded);
        Map<String, String> toNowhere = Map.of("default.api.timeout.ms", "500", "request.timeout.ms", "500");
        KafkaClients nowhere = TestTopic.unreachableClients(toNowhere);
        Eraser eraser = new Eraser(
                nowhere,
                batch.erasures,
                new ReportStore(database.mongo),
                batch.changes,
                batch.progress,
                database.clock);

        assertThatExceptionOfType(KafkaException.class).isThrownBy(() -> eraser.erase(AUTHOR));

        assertThat(database.figures(AUTHOR).likes()).isZero();
        assertThat(erasure().isSettled()).isFalse();
        assertThat(batch.verification.verify(TestDatabase.WEEK).differences()).isEmpty();
        batch.run();
        assertThat(erasure().isSettled()).isTrue();
        database.assertFiguresEqualNaiveCount(ofOthers(sum(events, unfolded)));
    }

    @Test
    void interruptedErasure_isCompleted_withoutNewLikes() {
        batch.erasures
                .save(Erasure.requested(AUTHOR, "mark", database.clock.instant()))
                .block();

        assertThat(batch.findsWork()).isFalse();

        assertThat(erasure().isSettled()).isTrue();
        database.assertFiguresEqualNaiveCount(ofOthers(events));
    }

    @Test
    void erasure_isKeptUntilItsLikesAreDeletedFromTheLog() throws Exception {
        batch.eraser.erase(AUTHOR);
        Erasure recorded = erasure();
        database.clock.advance(Duration.ofDays(36));
        batch.findsWork();
        assertThat(erasure().mark()).isEqualTo(recorded.mark());

        likes.deleteBefore(recorded.partition(), recorded.through());
        database.clock.advance(Duration.ofDays(1));
        batch.findsWork();

        assertThat(erasure()).isNull();
    }

    @Test
    void reportFoldedAfterAnErasure_staysWhenTheErasureIsRemoved() throws Exception {
        batch.eraser.erase(AUTHOR);
        List<LikeEvent> later = TestDatabase.randomLikes(100, 1);
        likes.append(later);
        batch.run();
        delete("erasures", new Document());
        List<LikeEvent> latest = TestDatabase.randomLikes(100, 2);
        likes.append(latest);

        batch.run();

        database.assertFiguresEqualNaiveCount(sum(ofOthers(events), sum(later, latest)));
    }

    @Test
    void erasureDuringVerification_isNoDifference() {
        ReportStore racing = new ReportStore(database.mongo) {
            private boolean isErased;

            @Override
            public Flux<WeeklyReport> load(Collection<ReportKey> keys) {
                return Flux.defer(() -> {
                    if (!isErased) {
                        isErased = true;
                        batch.eraser.erase(AUTHOR);
                    }
                    return super.load(keys);
                });
            }
        };
        Verification verification =
                new Verification(likes.clients(500), batch.erasureStores(racing), Duration.ofSeconds(30));

        assertThat(verification.verify(TestDatabase.WEEK).differences()).isEmpty();
    }

    @Test
    void reportsDeletedDuringARun_areNotSavedAgain() throws Exception {
        List<LikeEvent> later = TestDatabase.randomLikes(50, 1);
        likes.append(later);
        boolean[] isDeleted = {false};
        BatchInstance running = database.batch(likes, 500, CrashPoints.notifying(step -> {
            if (step.equals(CrashPoints.AFTER_LOAD) && !isDeleted[0]) {
                isDeleted[0] = true;
                delete("weeklyReports", new Document());
            }
        }));

        running.run();

        assertThat(isDeleted).containsExactly(true);
        database.assertFiguresEqualNaiveCount(later);
        running.assertEveryRecordIsAccountedFor();
    }

    @Test
    void noDocument_containsALikerId() {
        List<String> likers = events.stream().map(LikeEvent::likerId).distinct().toList();

        for (String collection : List.of("weeklyReports", "progress", "runs")) {
            assertThat(documents(collection)).isNotEmpty().allSatisfy(document -> assertThat(likers)
                    .noneMatch(liker -> document.contains('"' + liker + '"')));
        }
    }
}
