package io.heartline.reports.fold;

import static io.heartline.reports.fold.ReportBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import io.heartline.events.Liked;
import io.heartline.quickstart.backends.Backends;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.SimpleReactiveMongoDatabaseFactory;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Mono;

class ReportStoreIT {

    private static final ReportKey KEY = new ReportKey(YearWeek.of(2026, 47), "alice");

    private String uri;
    private MongoClient client;
    private ReactiveMongoTemplate mongo;
    private ReportStore reports;

    @BeforeEach
    void ownDatabase() {
        uri = Backends.newDatabase();
        client = client(Duration.ofSeconds(30));
        mongo = template(client);
        reports = new ReportStore(mongo);
    }

    private MongoClient client(Duration timeout) {
        return MongoClients.create(MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(uri))
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .build());
    }

    private ReactiveMongoTemplate template(MongoClient of) {
        return new ReactiveMongoTemplate(
                new SimpleReactiveMongoDatabaseFactory(of, uri.substring(uri.lastIndexOf('/') + 1)));
    }

    @AfterEach
    void closeClient() {
        client.close();
    }

    @Test
    void store_isEmptyUntilAReportIsSaved() {
        assertThat(reports.isEmpty().block()).isTrue();

        reports.save(List.of(report(1))).block();

        assertThat(reports.isEmpty().block()).isFalse();
    }

    /** The numbers of pairs give a small report, the largest exact report, and an estimated report. */
    @ParameterizedTest
    @ValueSource(ints = {1, 16_384, 20_000})
    void savedReport_isLoadedUnchanged(int pairs) {
        WeeklyReport saved = report(pairs);
        reports.save(List.of(saved)).block();

        Map<ReportKey, WeeklyReport> loaded = load();

        assertThat(bytes(loaded.get(KEY))).isEqualTo(bytes(saved));
        assertThat(reports.figures(List.of(KEY)).collectList().block()).containsExactly(ReportBytes.figures(saved));
    }

    /** Other programs read these fields of the document directly from MongoDB. */
    @ParameterizedTest
    @ValueSource(ints = {10, 20_000})
    void document_hasFiguresAtTopLevel_andStoredLikers(int pairs) {
        reports.save(List.of(report(pairs))).block();

        Document document = Mono.from(mongo.getCollection(ReportStore.COLLECTION)
                        .block()
                        .find()
                        .first())
                .block();

        assertThat(document)
                .containsEntry("_id", "2026-W47/alice")
                .containsEntry("week", "2026-W47")
                .containsEntry("authorId", "alice")
                .containsEntry("epoch", "epoch")
                .containsEntry("generation", 2)
                .containsEntry("next", (long) pairs)
                .containsEntry("exact", pairs == 10)
                .containsKeys(
                        "version",
                        "likes",
                        "unlikes",
                        "likers",
                        "relativeError",
                        "postsTooHighBy",
                        "byDay",
                        "topPosts",
                        "fans")
                .containsEntry("secretCheck", LikeFixtures.HASH.checkValue())
                .doesNotContainKey("mixedSecrets");
        StoredLikers fans = ReportDocument.storedLikers(document);
        assertThat((double) fans.returningFrom(fans).likers()).isBetween(pairs * 0.99, pairs * 1.01);
    }

    @Test
    void reportWrittenMeanwhile_isAConflict_andNotOverwritten() {
        WeeklyReport ours = report(1);
        WeeklyReport theirs = report(2);
        reports.save(List.of(theirs)).block();

        assertThat(reports.save(List.of(ours)).block()).containsExactly(KEY);

        assertThat(bytes(load().get(KEY))).isEqualTo(bytes(theirs));
    }

    @Test
    void twoWritersWithTheSameVersion_oneConflicts_andItsOtherReportsAreSaved() {
        ReportKey another = new ReportKey(KEY.week(), "bob");
        reports.save(List.of(report(1), report(another, 1))).block();
        WeeklyReport theirs = load().get(KEY);
        List<WeeklyReport> ours =
                reports.load(List.of(KEY, another)).collectList().block();
        ours.forEach(report -> like(report, 2));
        like(theirs, 2);
        reports.save(List.of(theirs)).block();

        assertThat(reports.save(ours).block()).containsExactly(KEY);

        assertThat(bytes(load().get(KEY))).isEqualTo(bytes(theirs));
        assertThat(reports.reportProgress(another, null).block().next()).isEqualTo(3);
    }

    @Test
    void reportDeletedMeanwhile_isAConflict_andNotWrittenAgain() {
        reports.save(List.of(report(1))).block();
        WeeklyReport loaded = load().get(KEY);
        delete();
        like(loaded, 1);
        WeeklyReport isNew = report(new ReportKey(KEY.week(), "bob"), 1);

        assertThat(reports.save(List.of(loaded, isNew)).block()).containsExactly(KEY);

        assertThat(load()).isEmpty();
        assertThat(reports.reportProgress(isNew.key(), null).block()).isNotNull();
    }

    @Test
    void reportDeletedAndRecounted_hasANewVersion() {
        reports.save(List.of(report(1))).block();
        WeeklyReport loaded = load().get(KEY);
        delete();
        WeeklyReport anew = report(5);
        reports.save(List.of(anew)).block();
        like(loaded, 1);

        assertThat(reports.save(List.of(loaded)).block()).containsExactly(KEY);

        assertThat(bytes(load().get(KEY))).isEqualTo(bytes(anew));
    }

    /** In the previous release, versions started at 1. */
    @Test
    void reportOfThePreviousRelease_isReplaced() {
        reports.save(List.of(report(1))).block();
        Mono.from(mongo.getCollection(ReportStore.COLLECTION)
                        .block()
                        .updateOne(Filters.eq("_id", KEY.toString()), Updates.set("version", 7L)))
                .block();
        WeeklyReport loaded = load().get(KEY);
        like(loaded, 1);

        assertThat(reports.save(List.of(loaded)).block()).isEmpty();

        assertThat(bytes(load().get(KEY))).isEqualTo(bytes(loaded));
    }

    private void delete() {
        Mono.from(mongo.getCollection(ReportStore.COLLECTION).block().deleteOne(Filters.eq("_id", KEY.toString())))
                .block();
    }

    private static void like(WeeklyReport report, long offset) {
        report.fold(
                LikeFixtures.HASH,
                new Liked("e", "p-1", report.key().authorId(), "l-" + offset, LikeFixtures.MONDAY),
                0,
                offset);
    }

    /** A fold may process the replies of one read for longer than the timeout of one operation. */
    @Test
    void slowLoad_timeoutAppliesToEachReply_notToTheWholeRead() {
        List<ReportKey> keys = IntStream.range(0, 600)
                .mapToObj(i -> new ReportKey(KEY.week(), "author-" + i))
                .toList();
        reports.save(keys.stream().map(key -> report(key, 1)).toList()).block();
        try (MongoClient impatient = client(Duration.ofSeconds(1))) {
            long began = System.nanoTime();

            List<WeeklyReport> loaded = new ReportStore(template(impatient))
                    .load(keys)
                    .concatMap(report -> Mono.just(report).delayElement(Duration.ofMillis(4)), 1)
                    .collectList()
                    .block();

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(1));
            assertThat(loaded).hasSameSizeAs(keys);
        }
    }

    private static WeeklyReport report(int pairs) {
        return report(KEY, pairs);
    }

    private static WeeklyReport report(ReportKey key, int pairs) {
        WeeklyReport report = new WeeklyReport(key, "epoch", 2);
        for (int i = 0; i < pairs; i++) {
            report.fold(
                    LikeFixtures.HASH, new Liked("e", "p-" + i % 10, "alice", "l-" + i, LikeFixtures.MONDAY), i % 7, i);
        }
        return report;
    }

    private Map<ReportKey, WeeklyReport> load() {
        return reports.load(List.of(KEY)).collectMap(WeeklyReport::key).block();
    }
}
