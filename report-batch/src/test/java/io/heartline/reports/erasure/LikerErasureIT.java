package io.heartline.reports.erasure;

import static io.heartline.reports.erasure.LikerErasureFixture.AUTHOR;
import static io.heartline.reports.erasure.LikerErasureFixture.LIKER;
import static io.heartline.reports.erasure.LikerErasureFixture.week;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.reports.verify.Verification;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.CrashPoints;
import io.heartline.reports.worker.TestDatabase;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** The guarantees of docs/security.md about the erasure of a liker. {@link LikerErasureCrashIT} covers paused and crashed instances. */
class LikerErasureIT {

    private static final ReportKey KEY = new ReportKey(week(0), AUTHOR);

    private final TestDatabase database = new TestDatabase();
    private final LikerErasureFixture fixture = new LikerErasureFixture(database);
    private TestTopic likes;
    private BatchInstance batch;

    @BeforeEach
    void someLikesAreFolded() throws Exception {
        likes = TestTopic.create(4);
        batch = database.batch(likes);
        fixture.append(likes, 300, 0);
        batch.run();
        batch.run(); // the weeks are sealed by the end of the first run
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void erase() {
        batch.likerEraser.erase(AUTHOR, LIKER);
        fixture.erased();
    }

    private List<LikerErasure> erasures() {
        return batch.likerErasures.findAll().block().getOrDefault(AUTHOR, List.of());
    }

    private void assertAllIsAsExpected(String description) {
        fixture.assertFiguresAreAsExpected(description);
        fixture.assertGrowthIsAsExpected(description);
        for (int i = 0; i < 3; i++) {
            Verification.Result result = batch.verification.verify(week(i));
            assertThat(result.differences()).as(description).isEmpty();
            assertThat(result.onlyEvents()).as(description).isZero();
        }
    }

    private static LikeEvent like(String post, int weeksAgo) {
        return new Liked("e", post, AUTHOR, LIKER, LikeFixtures.MONDAY.minus(Duration.ofDays(7L * weeksAgo)));
    }

    private static LikeEvent unlike(String post, int weeksAgo) {
        return new Unliked("e", post, AUTHOR, LIKER, LikeFixtures.MONDAY.minus(Duration.ofDays(7L * weeksAgo)));
    }

    @Test
    void erasedLiker_isInNoFigure_andEventsStay() {
        long before = fixture.stored(KEY).likes();

        erase();

        assertThat(fixture.stored(KEY).likes()).isLessThan(before).isPositive();
        assertAllIsAsExpected("after the erasure");
        batch.run();
        assertAllIsAsExpected("after another run");
    }

    @Test
    void unfoldedLikes_loggedBefore_countInEventsOnly_andLaterOnesCountAgain() throws Exception {
        fixture.append(likes, 100, 1);
        erase();
        fixture.append(likes, 100, 2);

        batch.run();

        assertAllIsAsExpected("after a run");
        batch.assertEveryRecordIsAccountedFor();
        assertThat(fixture.stored(KEY).likers()).as("the liker likes again").isEqualTo(5);
    }

    @Test
    void likesOfTheSamePosts_afterTheErasure_countAgain() throws Exception {
        fixture.append(likes, List.of(like("p-again", 0), unlike("p-again", 0)));
        batch.run();
        erase();
        fixture.append(likes, List.of(like("p-again", 0)));

        batch.run();

        assertAllIsAsExpected("after a run");
        erase();
        assertAllIsAsExpected("after the second erasure");
        assertThat(erasures()).as("the second one includes the first one").hasSize(1);
    }

    @Test
    void withdrawalInALaterWeek_isFoundByThePostOfTheEarlierWeek() throws Exception {
        fixture.append(
                likes, List.of(like("p-early", 2), unlike("p-early", 0), like("p-late", 0), unlike("p-late", 1)));
        batch.run();
        long unlikes = fixture.stored(KEY).unlikes();

        erase();

        assertThat(fixture.stored(KEY).unlikes()).isLessThan(unlikes);
        assertAllIsAsExpected("after the erasure");
    }

    @Test
    void sealedWeeks_getOneMoreRevision_onlyIfTheyChange() throws Exception {
        int before = fixture.stored(KEY).revision();

        batch.likerEraser.erase(AUTHOR, "zoe");
        assertThat(fixture.stored(KEY).revision()).isEqualTo(before);
        erase();
        assertThat(fixture.stored(KEY).revision()).isEqualTo(before + 1);
        erase();
        assertThat(fixture.stored(KEY).revision()).isEqualTo(before + 1);
        assertThat(fixture.stored(new ReportKey(week(0), TestDatabase.AUTHORS.get(1)))
                        .revision())
                .as("of another author")
                .isEqualTo(before);
    }

    @Test
    void authorWithoutReports_erasesNothing() {
        batch.likerEraser.erase("zoe", LIKER);

        assertAllIsAsExpected("after the erasure");
    }

    @Test
    void lostProgress_erasedLikesAreNotCountedAgain() throws Exception {
        fixture.append(likes, 50, 1);
        erase();
        delete("progress");
        fixture.append(likes, 50, 2);

        batch.run();

        fixture.assertFiguresAreAsExpected("after lost progress");
    }

    @Test
    void likerWhoIsErasedBeforeAndAfterTheAuthor_staysErased() throws Exception {
        fixture.append(likes, 50, 1);
        erase();
        batch.eraser.erase(AUTHOR);
        fixture.erasedAuthor();
        fixture.append(likes, 100, 2);
        batch.run();
        erase();
        fixture.append(likes, 100, 3);

        batch.run();

        assertAllIsAsExpected("after all erasures");
    }

    @Test
    void kafkaDown_likerIsRemoved_andTheNextRunCompletesTheErasure() throws Exception {
        fixture.append(likes, 100, 1);
        LikerEraser withoutKafka = new LikerEraser(
                TestTopic.unreachableClients(Map.of("default.api.timeout.ms", "500", "request.timeout.ms", "500")),
                batch.erasureStores,
                new DatabaseSettings(database.mongo, TestDatabase.CALENDAR.zone(), LikeFixtures.HASH),
                database.clock);

        assertThatExceptionOfType(KafkaException.class).isThrownBy(() -> withoutKafka.erase(AUTHOR, LIKER));

        fixture.erased();
        assertThat(fixture.stored(KEY).likers()).as("without the liker").isEqualTo(4);
        assertThat(erasures()).singleElement().returns(false, LikerErasure::isSettled);
        batch.run();
        assertAllIsAsExpected("after the next run");
        assertThat(erasures()).singleElement().returns(true, LikerErasure::isSettled);
    }

    @Test
    void recordedErasure_isCompletedByASweep_withoutNewLikes() {
        batch.likerErasures
                .add(
                        AUTHOR,
                        LikeFixtures.HASH.hashLiker(LIKER),
                        LikeFixtures.HASH.checkValue(),
                        database.clock.instant())
                .block();

        assertThat(batch.findsWork()).isFalse();

        fixture.erased();
        assertAllIsAsExpected("after the sweep");
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
                        erase();
                    }
                    return super.load(keys);
                });
            }
        };
        Verification verification =
                new Verification(likes.clients(500), batch.erasureStores(racing), Duration.ofSeconds(30));

        assertThat(verification.verify(week(0)).differences()).isEmpty();
    }

    @Test
    void recordedErasure_thatIsNotExecutedYet_isNoDifference() {
        batch.likerErasures
                .add(
                        AUTHOR,
                        LikeFixtures.HASH.hashLiker(LIKER),
                        LikeFixtures.HASH.checkValue(),
                        database.clock.instant())
                .block();

        assertAllIsAsExpected("before the sweep");
    }

    @Test
    void anotherSecret_isRefused_andErasesNothing() {
        KeyedHash other = new KeyedHash(new byte[16]);
        BatchInstance stranger = new BatchInstance(likes, database, CrashPoints.withoutCrash(), other);

        assertThatExceptionOfType(DifferentSettingsException.class)
                .isThrownBy(() -> stranger.likerEraser.erase(AUTHOR, LIKER));

        assertAllIsAsExpected("after the refusal");
        assertThat(erasures()).isEmpty();
    }

    @Test
    void erasure_hasNoId_andIsKeptUntilItsLikesAreDeletedFromTheLog() throws Exception {
        erase();
        LikerErasure recorded = erasures().get(0);
        assertThat(documents("likerErasures")).singleElement().asString().doesNotContain('"' + LIKER + '"');
        assertThat(recorded.pairs()).as("pairs of a complete erasure").isNull();
        database.clock.advance(Duration.ofDays(36));
        batch.findsWork();
        assertThat(erasures()).hasSize(1);

        likes.deleteBefore(recorded.partition(), recorded.through());
        database.clock.advance(Duration.ofDays(1));
        batch.findsWork();

        assertThat(erasures()).isEmpty();
        fixture.assertFiguresAreAsExpected("after the erasure is removed");
        batch.likerEraser.erase(AUTHOR, "l-1");
        assertThat(erasures().get(0).number())
                .as("reports keep the number of the removed erasure")
                .isGreaterThan(recorded.number());
        assertThat(fixture.stored(KEY).likers()).isEqualTo(3);
    }

    @Test
    void concurrentErasures_haveDifferentNumbers_andAllAreApplied() {
        Flux.range(1, 4)
                .flatMap(i -> Flux.just(i)
                        .publishOn(Schedulers.boundedElastic())
                        .doOnNext(n -> database.batch(likes).likerEraser.erase(AUTHOR, "l-" + n)))
                .blockLast();

        assertThat(erasures().stream().map(LikerErasure::number).distinct()).hasSize(4);
        assertThat(erasures()).allMatch(LikerErasure::isSettled).noneMatch(LikerErasure::isIncomplete);
        assertThat(fixture.stored(KEY).likers()).as("only l-0 remains").isEqualTo(1);
        assertThat(fixture.stored(KEY).byDay().stream().mapToLong(day -> day).sum())
                .isEqualTo(fixture.stored(KEY).likes());
    }

    private void delete(String collection) {
        Flux.from(database.mongo.getCollection(collection).flatMapMany(all -> all.deleteMany(new Document())))
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
}
