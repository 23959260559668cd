package io.heartline.reports.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.heartline.events.LikeEvent;
import io.heartline.reports.failure.CommandRefusedException;
import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunStatus;
import io.heartline.reports.verify.Verification;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.CrashPoints;
import io.heartline.reports.worker.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Rotation of the hash secret: reports were folded under one secret or none, and an instance has another secret. */
@Tag("slow")
class HashSecretRotationIT {

    private static final KeyedHash FIRST = LikeFixtures.HASH;
    private static final KeyedHash SECOND = new KeyedHash("the second secret".getBytes(StandardCharsets.US_ASCII));

    private final TestDatabase database = new TestDatabase();
    private final List<LikeEvent> counted = TestDatabase.randomLikes(1_000);
    private TestTopic likes;
    private BatchInstance first;
    private BatchInstance second;

    @BeforeEach
    void countUnderTheFirst() throws Exception {
        likes = TestTopic.create(2);
        first = batch(FIRST);
        second = batch(SECOND);
        likes.append(counted);
        assertThat(first.run().status()).isEqualTo(RunStatus.done);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private BatchInstance batch(KeyedHash hash) {
        return new BatchInstance(likes, database, CrashPoints.withoutCrash(), hash);
    }

    @Test
    void beforeRotation_instanceWithNewSecretFoldsNothing() throws Exception {
        likes.append(counted);
        Run run = second.request();

        assertThatExceptionOfType(DifferentSettingsException.class)
                .isThrownBy(second::runUntilIdle)
                .withMessageContaining("report-batch --accept-new-secret");
        assertThatExceptionOfType(DifferentSettingsException.class).isThrownBy(second::findsWork);

        database.assertFiguresEqualNaiveCount(counted);
        assertThat(second.view(run).status()).isEqualTo(RunStatus.running);
    }

    @Test
    void rotation_keepsAllFigures_andPairsCountAgainAfterwards() throws Exception {
        List<Document> before = documents();

        assertThat(second.hashSecretRotation.rotate()).isTrue();
        assertThat(documents()).isEqualTo(before);
        assertThat(second.hashSecretRotation.rotate())
                .as("a repeated rotation changes nothing")
                .isFalse();
        likes.append(counted);
        Map<String, Figures> once = figures();
        assertThat(second.run().error()).isNull();

        for (String author : TestDatabase.AUTHORS) {
            Figures twice = database.figures(author);
            assertThat(twice.likes()).isEqualTo(2 * once.get(author).likes());
            assertThat(twice.likers()).isEqualTo(2 * once.get(author).likers());
            assertThat(twice.unlikes()).isEqualTo(2 * once.get(author).unlikes());
            assertThat(twice.likedEvents()).isEqualTo(2 * once.get(author).likedEvents());
            assertThat(twice.revision())
                    .as("a change of a sealed week is a correction")
                    .isEqualTo(2);
        }
        assertThat(documents()).allSatisfy(report -> assertThat(report)
                .containsEntry("secretCheck", SECOND.checkValue())
                .containsEntry("mixedSecrets", true));
        likes.append(counted);
        second.run();
        assertThat(database.figures("alice").likes())
                .as("a pair counts once per secret")
                .isEqualTo(2 * once.get("alice").likes());
    }

    @Test
    void afterRotation_instancesWithTheOldSecretLeaveRunsToOthers() throws Exception {
        second.hashSecretRotation.rotate();
        likes.append(TestDatabase.randomLikes(100, 1));
        Run run = first.request();

        assertThatExceptionOfType(DifferentSettingsException.class).isThrownBy(first::runUntilIdle);
        second.runUntilIdle();

        assertThat(second.view(run).status()).isEqualTo(RunStatus.done);
        assertThat(first.hashSecretRotation.rotate())
                .as("a rotation back to the first secret")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void reportsOfAReleaseWithoutSecrets_areKept_andTheirPairsCountAgain(boolean hasSettings) throws Exception {
        Map<String, Figures> once = figures();
        updateAll(ReportStore.COLLECTION, Updates.unset("secretCheck"));
        if (hasSettings) {
            updateAll(
                    "settings",
                    Updates.combine(
                            Updates.set("hash", "komihash5"), Updates.set("schema", 1), Updates.unset("secretCheck")));
        } else { // earlier releases stored no settings
            database.mongo.dropCollection("settings").block();
        }
        assertThatExceptionOfType(DifferentSettingsException.class)
                .isThrownBy(first::run)
                .withMessageContainingAll("without a hash secret", "report-batch --accept-new-secret");

        assertThat(second.hashSecretRotation.rotate()).isTrue();

        assertThat(figures()).isEqualTo(once);
        likes.append(counted);
        second.runUntilIdle();
        assertThat(database.figures("alice").likes())
                .isEqualTo(2 * once.get("alice").likes());
        assertThat(stored())
                .containsEntry("hash", KeyedHash.NAME)
                .containsEntry("schema", 2)
                .containsEntry("secretCheck", SECOND.checkValue());
    }

    @Test
    void settingsOfALaterRelease_areRefused() {
        updateAll("settings", Updates.set("schema", 3));

        assertThatExceptionOfType(DifferentSettingsException.class)
                .isThrownBy(first::run)
                .withMessageContaining("schema 3")
                .withMessageNotContaining("--accept-new-secret");
        assertThatExceptionOfType(CommandRefusedException.class)
                .isThrownBy(second.hashSecretRotation::rotate)
                .withMessageContaining("schema 3");
        assertThat(stored()).containsEntry("schema", 3).containsEntry("secretCheck", FIRST.checkValue());
    }

    @Test
    void activeLease_refusesRotation_untilItExpires() {
        Progress current = first.progressOf(1);
        first.progress
                .acquireLease(current, first.instance, database.clock.instant(), BatchInstance.LEASE)
                .block();

        assertThatExceptionOfType(CommandRefusedException.class)
                .isThrownBy(second.hashSecretRotation::rotate)
                .withMessageContainingAll("partitions [1]", "stop all instances");
        assertThat(stored()).containsEntry("secretCheck", FIRST.checkValue());

        first.expireLeases();
        assertThat(second.hashSecretRotation.rotate()).isTrue();
    }

    /**
     * A rotation is possible during a run because the instance holds no lease between chunks, or an operator edits the
     * settings.
     */
    @Test
    void rotationDuringARun_oldInstanceFoldsNoFurtherChunk_andEachRecordIsCounted() throws Exception {
        List<LikeEvent> more = TestDatabase.randomLikes(3_000, 1);
        likes.append(more);
        DatabaseSettings settings = new DatabaseSettings(database.mongo, TestDatabase.CALENDAR.zone(), SECOND);
        CountDownLatch isAccepted = new CountDownLatch(1);
        BatchInstance running = new BatchInstance(
                likes,
                database,
                CrashPoints.notifying(step -> {
                    if (step.equals(CrashPoints.AFTER_PROGRESS) && isAccepted.getCount() > 0) {
                        settings.replaceSecret().block();
                        isAccepted.countDown();
                    }
                }),
                FIRST);
        Run run = running.request();

        assertThatExceptionOfType(DifferentSettingsException.class).isThrownBy(running::runUntilIdle);

        assertThat(isAccepted.getCount()).isZero();
        assertThat(running.records("folded")).isPositive().isLessThan(more.size());
        second.runUntilIdle();
        assertThat(second.view(run).error()).isNull();
        assertThat(running.records("folded") + second.records("folded")).isEqualTo(more.size());
        List<LikeEvent> all = new ArrayList<>(counted);
        all.addAll(more);
        for (String author : TestDatabase.AUTHORS) {
            Figures figures = database.figures(author);
            long events = all.stream().filter(e -> e.authorId().equals(author)).count();
            assertThat(figures.likedEvents() + figures.unlikedEvents()).isEqualTo(events);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void killedRotation_leavesOneOfTheSecrets_andCanBeRepeated(boolean isBeforeTheWrite) throws Exception {
        Map<String, Figures> before = figures();

        assertThat(HaltedRotation.run(database.uri, isBeforeTheWrite)).isEqualTo(HaltedRotation.HALTED);

        assertThat(stored())
                .containsEntry("secretCheck", isBeforeTheWrite ? FIRST.checkValue() : HaltedRotation.HASH.checkValue());
        assertThat(figures()).isEqualTo(before);
        BatchInstance repeated = batch(HaltedRotation.HASH);
        assertThat(repeated.hashSecretRotation.rotate()).isEqualTo(isBeforeTheWrite);
        likes.append(TestDatabase.randomLikes(100, 1));
        assertThat(repeated.run().error()).isNull();
    }

    @Test
    void concurrentRotations_storeExactlyOneSecret() {
        List<KeyedHash> hashes = Flux.range(0, 20)
                .map(i -> new KeyedHash(("secret number " + (i % 4) + "......").getBytes(StandardCharsets.US_ASCII)))
                .collectList()
                .block();

        Flux.fromIterable(hashes)
                .flatMap(hash -> new DatabaseSettings(database.mongo, TestDatabase.CALENDAR.zone(), hash)
                        .replaceSecret()
                        .onErrorReturn(CommandRefusedException.class, false))
                .blockLast(Duration.ofSeconds(30));

        assertThat(hashes).extracting(KeyedHash::checkValue).contains(stored().getString("secretCheck"));
        assertThat(stored())
                .containsEntry("hash", KeyedHash.NAME)
                .containsEntry("schema", 2)
                .containsEntry("zone", "Z");
    }

    @Test
    void verification_comparesAllFiguresOfOneSecret_andOnlyEventsOfMixedReports() throws Exception {
        second.hashSecretRotation.rotate();
        List<LikeEvent> ofAlice = LikeFixtures.of("alice", 50, 7);
        likes.append(ofAlice);
        second.run();

        Verification.Result result = second.verification.verify(TestDatabase.WEEK);

        assertThat(result.differences()).isEmpty();
        assertThat(result.comparedReports()).isEqualTo(TestDatabase.AUTHORS.size());
        assertThat(result.onlyEvents())
                .as("reports that contain events under another secret")
                .isEqualTo(1);
        update(Filters.eq("authorId", "alice"), Updates.inc("events.liked", 1L));
        for (String author : List.of("alice", "carol")) {
            update(Filters.eq("authorId", author), Updates.set("fans", new Binary(new byte[0])));
        }
        assertThat(second.verification.verify(TestDatabase.WEEK).differences())
                .hasSize(2)
                .anyMatch(line -> line.contains("/alice: events.liked ") && !line.contains("likers"))
                .anyMatch(line -> line.contains("/carol: likers 0, in the log "));
    }

    private Map<String, Figures> figures() {
        Map<String, Figures> figures = new HashMap<>();
        TestDatabase.AUTHORS.forEach(author -> figures.put(author, database.figures(author)));
        return figures;
    }

    private List<Document> documents() {
        return all(ReportStore.COLLECTION);
    }

    private Document stored() {
        List<Document> all = all("settings");
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private List<Document> all(String collection) {
        return database.mongo
                .getCollection(collection)
                .flatMapMany(all -> Flux.from(all.find().sort(new Document("_id", 1))))
                .collectList()
                .block();
    }

    private void update(Bson filter, Bson change) {
        database.mongo
                .getCollection(ReportStore.COLLECTION)
                .flatMap(all -> Mono.from(all.updateOne(filter, change)))
                .block();
    }

    private void updateAll(String collection, Bson change) {
        database.mongo
                .getCollection(collection)
                .flatMap(all -> Mono.from(all.updateMany(new Document(), change)))
                .block();
    }
}
