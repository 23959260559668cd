package io.heartline.reports.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import com.mongodb.event.CommandListener;
import io.heartline.events.Liked;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessMongo;
import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunService;
import io.heartline.reports.run.RunStatus;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.CrashPoints;
import io.heartline.reports.worker.TestApplication;
import io.heartline.reports.worker.TestDatabase;
import io.heartline.web.CapturedLog;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** An instance folds only if its settings equal the settings in the database. */
@ExtendWith(CapturedLog.class)
class DatabaseSettingsIT {

    private static final ZoneId TOKYO = ZoneId.of("Asia/Tokyo");
    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final Duration SOON = Duration.ofSeconds(30);

    private final TestDatabase database = new TestDatabase();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void firstInstance_writesItsSettings_andEqualSettingsPass() {
        settings(UTC).checkOrCreate().block();
        settings(ZoneId.of("Etc/UTC")).checkOrCreate().block();

        assertThat(stored())
                .containsExactly(new Document("_id", "reports")
                        .append("zone", "UTC")
                        .append("hash", "siphash-2-4")
                        .append("schema", 2)
                        .append("secretCheck", LikeFixtures.HASH.checkValue()));
    }

    @Test
    void concurrentStarts_oneWrites_andOthersCompare() {
        List<Boolean> passed = Flux.range(0, 20)
                .flatMap(i -> settings(i % 2 == 0 ? UTC : TOKYO)
                        .checkOrCreate()
                        .thenReturn(true)
                        .onErrorReturn(DifferentSettingsException.class, false))
                .collectList()
                .block();

        assertThat(passed).containsOnly(true, false).filteredOn(it -> it).hasSize(10);
        assertThat(stored()).hasSize(1);
    }

    @Test
    void comparison_writesNothing() {
        settings(UTC).checkStored().block();

        assertThat(stored()).isEmpty();
    }

    @Test
    void differentZone_leavesTheRunToOthers_andNoLikeIsInTwoWeeks() throws Exception {
        TestTopic likes = TestTopic.create(1);
        Liked sundayEvening = new Liked("e1", "p", "alice", "bob", Instant.parse("2026-11-22T20:00:00Z"));
        BatchInstance utc = database.batch(likes);
        likes.append(List.of(sundayEvening));
        utc.run();
        WeekCalendar calendar = new WeekCalendar(TOKYO, Duration.ofHours(24));
        BatchInstance tokyo =
                new BatchInstance(likes, database.mongo, calendar, database.clock, 500, CrashPoints.withoutCrash());
        likes.append(List.of(sundayEvening)); // sent again

        Run run = utc.request();
        assertThatExceptionOfType(DifferentSettingsException.class)
                .isThrownBy(tokyo::runUntilIdle)
                .withMessageContaining("zone Z")
                .withMessageContaining("zone Asia/Tokyo");
        assertThatExceptionOfType(DifferentSettingsException.class).isThrownBy(tokyo::findsWork);
        assertThat(utc.view(run).status()).isEqualTo(RunStatus.running);
        utc.runUntilIdle();

        assertThat(utc.view(run).status()).isEqualTo(RunStatus.done);
        assertThat(database.figures("alice").likes()).isEqualTo(1);
        ReportKey next = new ReportKey(YearWeek.of(2026, 48), "alice");
        assertThat(new ReportStore(database.mongo)
                        .figures(List.of(next))
                        .collectList()
                        .block())
                .isEmpty();
    }

    @Test
    void differentZone_startFails_withInstructions(CapturedOutput output) {
        settings(TOKYO).checkOrCreate().block();

        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> start(database.uri).close())
                .withRootCauseInstanceOf(DifferentSettingsException.class);

        assertThat(output)
                .contains("APPLICATION FAILED TO START", "zone Asia/Tokyo", "zone UTC", "running-the-batch.md")
                .doesNotContain("Netty started");
    }

    @Test
    void changedSettings_areDetectedBeforeARun_andReadsGet503() throws Exception {
        try (ConfigurableApplicationContext batch = start(database.uri)) {
            String url = url(batch);
            assertThat(get(url + "/v1/authors/alice/reports/current").statusCode())
                    .isEqualTo(200);
            changeZone();

            Run run = batch.getBean(RunService.class).enqueue(Run.ON_REQUEST).block();
            assertThatExceptionOfType(DifferentSettingsException.class)
                    .isThrownBy(() -> TestApplication.execute(batch, run));

            assertRefuses(url);
        }
    }

    @Test
    void slowCheck_doesNotReplaceTheResultOfALaterOne() {
        settings(UTC).checkOrCreate().block();
        Sinks.Empty<Void> delay = Sinks.empty();
        List<Mono<Void>> delays = new ArrayList<>(List.of(delay.asMono(), Mono.empty()));
        ReactiveMongoTemplate slow = new ReactiveMongoTemplate(database.mongo.getMongoDatabaseFactory()) {
            @Override
            public <T> Mono<T> findById(Object id, Class<T> type) {
                Mono<T> found = database.mongo.findById(id, type).cache();
                found.block();
                return delays.remove(0).then(found);
            }
        };
        DatabaseSettings settings = new DatabaseSettings(slow, UTC, LikeFixtures.HASH);
        settings.checkStored().subscribe();
        changeZone();
        assertThatExceptionOfType(DifferentSettingsException.class)
                .isThrownBy(() -> settings.checkStored().block());

        delay.tryEmitEmpty();

        assertThat(settings.isEqual()).isFalse();
    }

    @Test
    void mongoDownAtStart_settingsAreComparedBeforeTheFirstResponse(@TempDir Path folder) throws Exception {
        int port = FreePorts.find(1)[0];
        String uri;
        try (InProcessMongo mongo = InProcessMongo.inFile(folder.resolve("mongo"), port);
                TestDatabase other = new TestDatabase(mongo.database("settings"))) {
            uri = other.uri;
            new DatabaseSettings(other.mongo, TOKYO, LikeFixtures.HASH)
                    .checkOrCreate()
                    .block();
        }
        try (ConfigurableApplicationContext batch = start(uri);
                InProcessMongo mongo = InProcessMongo.inFile(folder.resolve("mongo"), port)) {
            await().atMost(SOON).until(() -> get(url(batch) + "/v1/authors/alice/reports/current")
                    .body()
                    .contains("zone Asia/Tokyo"));

            assertThat(mongo.database("settings")).isEqualTo(uri);
            assertRefuses(url(batch));
        }
    }

    private static void assertRefuses(String url) throws Exception {
        for (String path : List.of(
                "/v1/authors/alice/reports/current",
                "/v1/reports/current",
                "/v1/reports/current/authors",
                "/v1/reports/current/authors?format=csv")) {
            HttpResponse<String> answer = get(url + path);
            assertThat(answer.statusCode()).as(path).isEqualTo(503);
            assertThat(answer.body()).as(path).contains("zone Asia/Tokyo", "zone UTC");
        }
        HttpResponse<String> graphQl = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url + "/graphql"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "{\"query\":\"{topAuthors(week:\\\"current\\\"){likes}}\"}"))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(graphQl.body()).contains("UNAVAILABLE", "zone Asia/Tokyo");
        HttpResponse<String> readiness = get(url + "/actuator/health/readiness");
        assertThat(readiness.statusCode()).isEqualTo(503);
        assertThat(readiness.body()).contains("zone Asia/Tokyo", "zone UTC");
        assertThat(get(url + "/actuator/health/liveness").statusCode()).isEqualTo(200);
    }

    private DatabaseSettings settings(ZoneId zone) {
        return new DatabaseSettings(database.mongo, zone, LikeFixtures.HASH);
    }

    private void changeZone() {
        database.mongo
                .getCollection("settings")
                .flatMap(all ->
                        Mono.from(all.updateOne(Filters.eq("_id", "reports"), Updates.set("zone", "Asia/Tokyo"))))
                .block();
    }

    private List<Document> stored() {
        return database.mongo
                .getCollection("settings")
                .flatMapMany(all -> Flux.from(all.find().projection(new Document("_class", 0))))
                .collectList()
                .block();
    }

    private static ConfigurableApplicationContext start(String uri) {
        return TestApplication.start(new CommandListener() {}, uri, "heartline.reports.schedule=-");
    }

    private static String url(ConfigurableApplicationContext batch) {
        return "http://localhost:" + batch.getEnvironment().getProperty("local.server.port");
    }

    private static HttpResponse<String> get(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }
}
