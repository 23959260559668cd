package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.mongodb.reactivestreams.client.MongoClient;
import io.heartline.quickstart.backends.Backends;
import io.heartline.web.CapturedLog;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.context.ApplicationContext;
import org.springframework.graphql.execution.GraphQlSource;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith(CapturedLog.class)
class HeartlineIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path folder;

    private static Heartline heartline;

    @BeforeAll
    static void start() {
        heartline = start(folder.resolve("shared"), false);
    }

    @AfterAll
    static void stop() {
        heartline.close();
    }

    @Test
    void like_isPostedPushedAndReported() throws Exception {
        String author = Backends.unique("author");
        FrameReader frames = FrameReader.connect(heartline.gateway().url(), author);
        assertThat(JSON.readTree(frames.next()).path("kind").stringValue()).isEqualTo("hello");

        JsonNode accepted = like(heartline, author, "bob");

        JsonNode frame = JSON.readTree(frames.next());
        assertThat(frame.path("kind").stringValue()).isEqualTo("like");
        assertThat(frame.path("position")).isEqualTo(accepted.path("position"));
        assertThat(frame.path("event").path("id")).isEqualTo(accepted.path("eventId"));
        assertThat(frame.path("event").path("likerId").stringValue()).isEqualTo("bob");

        like(heartline, author, "bob");
        like(heartline, author, "carol");
        run(heartline);

        JsonNode report = report(heartline, author);
        assertThat(report.path("likes").intValue()).isEqualTo(2);
        assertThat(report.path("likers").intValue()).isEqualTo(2);
        assertThat(report.path("events").path("liked").intValue()).isEqualTo(3);
    }

    /** A retry with the same idempotency key has the same event id. The log may have it twice, but readers count it once. */
    @Test
    void retriedLike_isLoggedTwice_andReportedAndShownOnce() throws Exception {
        assumeTrue(JavaScriptClient.isAvailable(), "Node is not installed");
        String author = Backends.unique("author");
        FrameReader frames = FrameReader.connect(heartline.gateway().url(), author);
        frames.next();
        try (JavaScriptClient page = JavaScriptClient.follow(heartline.gateway().url(), author)) {
            assertThat(page.next("hello").path("recovered").booleanValue()).isFalse();
            String like = body(author, "bob");

            JsonNode first = JSON.readTree(
                    post(heartline, like, "Idempotency-Key", author).body());
            JsonNode again = JSON.readTree(
                    post(heartline, like, "Idempotency-Key", author).body());
            JsonNode last = like(heartline, author, "carol");

            assertThat(again.path("eventId")).isEqualTo(first.path("eventId"));
            assertThat(again.path("position")).isNotEqualTo(first.path("position"));
            for (JsonNode logged : List.of(first, again, last)) {
                JsonNode frame = JSON.readTree(frames.next());
                assertThat(frame.path("position")).isEqualTo(logged.path("position"));
                assertThat(frame.path("event").path("id")).isEqualTo(logged.path("eventId"));
            }
            assertThat(page.next("like").path("event").path("id")).isEqualTo(first.path("eventId"));
            assertThat(page.next("like").path("event").path("id")).isEqualTo(last.path("eventId"));
        }
        run(heartline);
        JsonNode report = report(heartline, author);
        assertThat(report.path("likes").intValue()).isEqualTo(2);
        assertThat(report.path("events").path("liked").intValue()).isEqualTo(3);
    }

    @Test
    void librariesOfOneService_areNotConfiguredInTheOthers() {
        ApplicationContext producer = heartline.producer().context();
        ApplicationContext gateway = heartline.gateway().context();
        ApplicationContext reports = heartline.reports().context();

        assertThat(producer.getBeanNamesForType(MongoClient.class)).isEmpty();
        assertThat(gateway.getBeanNamesForType(MongoClient.class)).isEmpty();
        assertThat(reports.getBeanNamesForType(MongoClient.class)).hasSize(1);
        assertThat(producer.getBeanNamesForType(GraphQlSource.class)).isEmpty();
        assertThat(gateway.getBeanNamesForType(GraphQlSource.class)).isEmpty();
        assertThat(reports.getBeanNamesForType(GraphQlSource.class)).hasSize(1);
    }

    @Test
    void onlyTheReportBatch_hasThePage() throws Exception {
        assertThat(get(heartline.reports().url() + "/").statusCode()).isEqualTo(200);
        assertThat(get(heartline.reports().url() + "/page/main.js").statusCode())
                .isEqualTo(200);
        assertThat(get(heartline.producer().url() + "/page/main.js").statusCode())
                .isEqualTo(404);
        assertThat(get(heartline.gateway().url() + "/").statusCode()).isEqualTo(404);
    }

    @Test
    void onlyTheReportBatch_hasGraphQl() throws Exception {
        assertThat(get(heartline.reports().url() + "/graphiql").statusCode()).isEqualTo(200);
        assertThat(get(heartline.gateway().url() + "/graphql").statusCode()).isEqualTo(404);
        assertThat(get(heartline.producer().url() + "/graphql").statusCode()).isEqualTo(404);
    }

    @Test
    void postedLike_isInTheReportRequestedAtLeastAtItsPosition() throws Exception {
        String author = Backends.unique("author");
        String position = like(heartline, author, "bob").path("position").stringValue();
        String report = heartline.reports().url() + "/v1/authors/" + author + "/reports/current?atLeast=" + position;
        assertThat(get(report).statusCode()).isEqualTo(412);

        CompletableFuture<HttpResponse<String>> waiting = HTTP.sendAsync(
                HttpRequest.newBuilder(URI.create(report + "&wait=30")).build(), BodyHandlers.ofString());
        run(heartline);

        HttpResponse<String> answer = waiting.get(30, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(JSON.readTree(answer.body()).path("likes").intValue()).isEqualTo(1);
    }

    @Test
    void gatewayRestart_leavesOtherServicesUp_andReadersResume(@TempDir Path dataFolder) throws Exception {
        try (Heartline restarted = start(dataFolder, false)) {
            FrameReader before = FrameReader.connect(restarted.gateway().url(), "alice");
            String position = JSON.readTree(before.next()).path("position").stringValue();

            restarted.gateway().close();
            assertThat(before.next()).isEqualTo(FrameReader.CLOSED + 1001);
            like(restarted, "alice", "bob");
            run(restarted);
            assertThat(report(restarted, "alice").path("likes").intValue()).isEqualTo(1);
            String url = restarted.gateway().url();
            restarted.gateway().start();

            assertThat(restarted.gateway().url()).isEqualTo(url);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> get(url + "/actuator/health/readiness").statusCode() == 200);
            FrameReader after = FrameReader.connect(url, "alice", "?after=" + position);
            assertThat(after.next())
                    .isEqualTo("{\"kind\":\"hello\",\"position\":\"" + position
                            + "\",\"recovered\":true,\"heartbeat\":20}");
            assertThat(after.next())
                    .as("the like that was missed during the restart")
                    .contains("\"likerId\":\"bob\"");
            like(restarted, "alice", "carol");
            assertThat(after.next()).contains("\"likerId\":\"carol\"");
        }
    }

    @Test
    void data_survivesARestart_andIsDeletedByFresh(@TempDir Path dataFolder) throws Exception {
        try (Heartline first = start(dataFolder, false)) {
            assertThat(first.startedEmpty()).isTrue();
            like(first, "alice", "bob");
            run(first);
            like(first, "alice", "carol");
        }
        try (Heartline second = start(dataFolder, false)) {
            assertThat(second.startedEmpty()).isFalse();
            assertThat(report(second, "alice").path("likes").intValue()).isEqualTo(1);
            run(second);
            assertThat(report(second, "alice").path("likes").intValue()).isEqualTo(2);
        }
        try (Heartline fresh = start(dataFolder, true)) {
            assertThat(fresh.startedEmpty()).isTrue();
            run(fresh);
            assertThat(report(fresh, "alice").path("likes").intValue()).isZero();
        }
    }

    @Test
    void secondQuickstartOnTheSameFolder_isRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> start(folder.resolve("shared"), true))
                .withMessageContaining("another quickstart is running");
    }

    @Test
    void sampleLikes_areAllAccepted(@TempDir Path dataFolder) throws Exception {
        try (Heartline sampled = start(dataFolder, false);
                SampleTraffic traffic = new SampleTraffic(sampled.producer().url(), sampled.issuer())) {
            traffic.start(true);

            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                run(sampled);
                assertThat(logged(sampled)).isGreaterThan(SampleLikes.HISTORY_LIKES);
            });
        }
    }

    /** Returns the number of records that were folded in the weeks of the history. */
    private static long logged(Heartline target) throws Exception {
        long events = 0;
        for (int week = 0; week <= SampleLikes.WEEKS; week++) {
            YearWeek each = YearWeek.now(ZoneOffset.UTC).minusWeeks(week);
            JsonNode totals = JSON.readTree(
                    get(target.reports().url() + "/v1/reports/" + each).body());
            events += totals.at("/events/liked").longValue()
                    + totals.at("/events/unliked").longValue();
        }
        return events;
    }

    @Test
    void rankings_causeNoWarningOfTheDatabase(CapturedOutput log) throws Exception {
        String reports = heartline.reports().url();
        for (String path : List.of("/v1/reports/current", "/v1/reports/current/authors")) {
            assertThat(get(reports + path).statusCode()).isEqualTo(200);
        }
        assertThat(log).doesNotContain("Aggregation");
    }

    private static Heartline start(Path data, boolean fresh) {
        return new Heartline(FreePortSettings.of(data, fresh, false));
    }

    private static JsonNode like(Heartline target, String author, String liker) throws Exception {
        HttpResponse<String> answer = post(target, body(author, liker));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return JSON.readTree(answer.body());
    }

    private static String body(String author, String liker) {
        return "{\"postId\":\"p-1\",\"authorId\":\"" + author + "\",\"likerId\":\"" + liker + "\"}";
    }

    /** @param headers names and values, alternating */
    private static HttpResponse<String> post(Heartline target, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(target.producer().url() + "/v1/likes"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static void run(Heartline target) throws Exception {
        HttpResponse<String> accepted = HTTP.send(
                HttpRequest.newBuilder(URI.create(target.reports().url() + "/v1/runs"))
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        assertThat(accepted.statusCode()).isEqualTo(202);
        String run = target.reports().url()
                + accepted.headers().firstValue("Location").orElseThrow();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        JSON.readTree(get(run).body()).path("status").stringValue())
                .isEqualTo("done"));
    }

    private static JsonNode report(Heartline target, String author) throws Exception {
        HttpResponse<String> answer = get(target.reports().url() + "/v1/authors/" + author + "/reports/current");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static HttpResponse<String> get(String url) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }
}
