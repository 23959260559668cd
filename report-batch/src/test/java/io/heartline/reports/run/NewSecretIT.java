package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.heartline.events.LikeEvent;
import io.heartline.reports.DifferentSettingsException;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.SomeLikes;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reports that were counted under one secret, or none, and an instance that has another one. */
class NewSecretIT {

    private static final KeyedHash FIRST = SomeLikes.HASH;
    private static final KeyedHash SECOND = new KeyedHash("the second secret".getBytes(StandardCharsets.US_ASCII));

    private final ReportsDatabase database = new ReportsDatabase();
    private final List<LikeEvent> counted = ReportsDatabase.someLikes(1_000);
    private LikesOnTopic likes;
    private Batch first;
    private Batch second;

    @BeforeEach
    void countUnderTheFirst() throws Exception {
        likes = LikesOnTopic.create(2);
        first = batch(FIRST);
        second = batch(SECOND);
        likes.append(counted);
        assertThat(first.run().status()).isEqualTo(Run.Status.done);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Batch batch(KeyedHash hash) {
        return new Batch(likes, database, Steps.untroubled(), hash);
    }

    @Test
    void untilItIsAccepted_anInstanceWithAnotherSecretFoldsNothing() throws Exception {
        likes.append(counted);
        Run run = second.request();

        assertThatExceptionOfType(DifferentSettingsException.class)
                .isThrownBy(second::workOff)
                .withMessageContaining("report-batch --accept-new-secret");
        assertThatExceptionOfType(DifferentSettingsException.class).isThrownBy(second.job::isBehind);

        database.assertFiguresEqualTheNaiveCountOf(counted);
        assertThat(second.view(run).status()).isEqualTo(Run.Status.running);
    }

    @Test
    void acceptedSecret_keepsAllFigures_andFromThenOnAPairCountsAgain() throws Exception {
        List<Document> before = documents();

        assertThat(second.secretAcceptance.accept()).isTrue();
        assertThat(documents()).isEqualTo(before);
        assertThat(second.secretAcceptance.accept()).as("repeated").isFalse();
        likes.append(counted);
        Map<String, Figures> once = figures();
        assertThat(second.run().error()).isNull();

        for (String author : ReportsDatabase.AUTHORS) {
            Figures twice = database.figures(author);
            assertThat(twice.likes()).isEqualTo(2 * once.get(author).likes());
            assertThat(twice.likers()).isEqualTo(2 * once.get(author).likers());
            assertThat(twice.unlikes()).isEqualTo(2 * once.get(author).unlikes());
            assertThat(twice.likedEvents()).isEqualTo(2 * once.get(author).likedEvents());
            assertThat(twice.revision()).as("a sealed week").isEqualTo(2);
        }
        assertThat(documents()).allSatisfy(report -> assertThat(report)
                .containsEntry("secretCheck", SECOND.check())
                .containsEntry("mixedSecrets", true));
        likes.append(counted);
        second.run();
        assertThat(database.figures("alice").likes())
                .as("once per secret")
                .isEqualTo(2 * once.get("alice").likes());
    }

    @Test
    void afterItIsAccepted_instancesWithTheEarlierSecretLeaveRunsToOthers() throws Exception {
        second.secretAcceptance.accept();
        likes.append(ReportsDatabase.someLikes(100, 1));
        Run run = first.request();

        assertThatExceptionOfType(DifferentSettingsException.class).isThrownBy(first::workOff);
        second.workOff();

        assertThat(second.view(run).status()).isEqualTo(Run.Status.done);
        assertThat(first.secretAcceptance.accept()).as("and back again").isTrue();
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
        } else { // as before there was such a document
            database.mongo.dropCollection("settings").block();
        }
        assertThatExceptionOfType(DifferentSettingsException.class)
                .isThrownBy(first::run)
                .withMessageContainingAll("without a hash secret", "report-batch --accept-new-secret");

        assertThat(second.secretAcceptance.accept()).isTrue();

        assertThat(figures()).isEqualTo(once);
        likes.append(counted);
        second.workOff();
        assertThat(database.figures("alice").likes())
                .isEqualTo(2 * once.get("alice").likes());
        assertThat(stored())
                .containsEntry("hash", KeyedHash.NAME)
                .containsEntry("schema", 2)
                .containsEntry("secretCheck", SECOND.check());
    }

    @Test
    void settingsOfALaterRelease_areNotAccepted() {
        updateAll("settings", Updates.set("schema", 3));

        assertThatExceptionOfType(DifferentSettingsException.class)
                .isThrownBy(first::run)
                .withMessageContaining("schema 3")
                .withMessageNotContaining("--accept-new-secret");
        assertThatExceptionOfType(NotAcceptableException.class)
                .isThrownBy(second.secretAcceptance::accept)
                .withMessageContaining("schema 3");
        assertThat(stored()).containsEntry("schema", 3).containsEntry("secretCheck", FIRST.check());
    }

    @Test
    void whileAnInstanceFolds_nothingIsAccepted_untilItsLeasesHaveRunOut() {
        Progress at = first.progressOf(1);
        first.progress
                .lease(at, first.instance, database.clock.instant(), Batch.LEASE)
                .block();

        assertThatExceptionOfType(NotAcceptableException.class)
                .isThrownBy(second.secretAcceptance::accept)
                .withMessageContainingAll("partitions [1]", "stop all instances");
        assertThat(stored()).containsEntry("secretCheck", FIRST.check());

        first.letLeasesRunOut();
        assertThat(second.secretAcceptance.accept()).isTrue();
    }

    /** The instance was between two chunks, so it held no lease, or an operator changed the settings by hand. */
    @Test
    void acceptedInTheMiddleOfARun_theEarlierInstanceFoldsNoChunkMore_andEachRecordIsCounted() throws Exception {
        List<LikeEvent> more = ReportsDatabase.someLikes(3_000, 1);
        likes.append(more);
        DatabaseSettings settings = new DatabaseSettings(database.mongo, ReportsDatabase.CALENDAR.zone(), SECOND);
        CountDownLatch isAccepted = new CountDownLatch(1);
        Batch running = new Batch(
                likes,
                database,
                Steps.telling(step -> {
                    if (step.equals(Steps.AFTER_PROGRESS) && isAccepted.getCount() > 0) {
                        settings.acceptSecret().block();
                        isAccepted.countDown();
                    }
                }),
                FIRST);
        Run run = running.request();

        assertThatExceptionOfType(DifferentSettingsException.class).isThrownBy(running::workOff);

        assertThat(isAccepted.getCount()).isZero();
        assertThat(running.records("folded")).isPositive().isLessThan(more.size());
        second.workOff();
        assertThat(second.view(run).error()).isNull();
        assertThat(running.records("folded") + second.records("folded")).isEqualTo(more.size());
        List<LikeEvent> all = new ArrayList<>(counted);
        all.addAll(more);
        for (String author : ReportsDatabase.AUTHORS) {
            Figures figures = database.figures(author);
            long events = all.stream().filter(e -> e.authorId().equals(author)).count();
            assertThat(figures.likedEvents() + figures.unlikedEvents()).isEqualTo(events);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void acceptanceThatIsKilled_leavesEitherSecret_andIsRepeated(boolean isBeforeTheWrite) throws Exception {
        Map<String, Figures> before = figures();

        assertThat(HaltedAcceptance.run(database.uri, isBeforeTheWrite)).isEqualTo(HaltedAcceptance.HALTED);

        assertThat(stored())
                .containsEntry("secretCheck", isBeforeTheWrite ? FIRST.check() : HaltedAcceptance.HASH.check());
        assertThat(figures()).isEqualTo(before);
        Batch repeated = batch(HaltedAcceptance.HASH);
        assertThat(repeated.secretAcceptance.accept()).isEqualTo(isBeforeTheWrite);
        likes.append(ReportsDatabase.someLikes(100, 1));
        assertThat(repeated.run().error()).isNull();
    }

    @Test
    void secretsThatAreAcceptedConcurrently_oneIsTheDatabases_andNoneIsHalf() {
        List<KeyedHash> hashes = Flux.range(0, 20)
                .map(i -> new KeyedHash(("secret number " + (i % 4) + "......").getBytes(StandardCharsets.US_ASCII)))
                .collectList()
                .block();

        Flux.fromIterable(hashes)
                .flatMap(hash -> new DatabaseSettings(database.mongo, ReportsDatabase.CALENDAR.zone(), hash)
                        .acceptSecret()
                        .onErrorReturn(NotAcceptableException.class, false))
                .blockLast(Duration.ofSeconds(30));

        assertThat(hashes).extracting(KeyedHash::check).contains(stored().getString("secretCheck"));
        assertThat(stored())
                .containsEntry("hash", KeyedHash.NAME)
                .containsEntry("schema", 2)
                .containsEntry("zone", "Z");
    }

    @Test
    void verification_comparesExactReportsOfEitherSecret_andOfMixedOnesTheEvents() throws Exception {
        second.secretAcceptance.accept();
        List<LikeEvent> ofAlice = SomeLikes.of("alice", 50, 7);
        likes.append(ofAlice);
        second.run();

        Verification.Result result = second.verification.verify(ReportsDatabase.WEEK);

        assertThat(result.differences()).isEmpty();
        assertThat(result.reports()).isEqualTo(ReportsDatabase.AUTHORS.size());
        assertThat(result.underOtherSecrets()).as("alice's").isEqualTo(1);
        update(Filters.eq("authorId", "alice"), Updates.inc("events.liked", 1L));
        for (String author : List.of("alice", "carol")) {
            update(Filters.eq("authorId", author), Updates.set("fans", new Binary(new byte[0])));
        }
        assertThat(second.verification.verify(ReportsDatabase.WEEK).differences())
                .hasSize(2)
                .anyMatch(line -> line.contains("/alice: events.liked ") && !line.contains("likers"))
                .anyMatch(line -> line.contains("/carol: likers 0, in the log "));
    }

    private Map<String, Figures> figures() {
        Map<String, Figures> figures = new HashMap<>();
        ReportsDatabase.AUTHORS.forEach(author -> figures.put(author, database.figures(author)));
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
