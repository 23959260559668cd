package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Contract;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.feed.FeedCursor;
import io.heartline.reports.feed.FeedStore;
import io.heartline.web.limit.ConcurrencyLimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.TestPropertySource;
import org.threeten.extra.YearWeek;

/**
 * Every answer that {@code report-batch.yaml} documents occurs and matches its description. Answers that require an unavailable
 * MongoDB are tested elsewhere.
 */
@TestPropertySource(
        properties = {
            "heartline.reports.read.exports=2",
            "heartline.reports.read.exports-per-caller=1",
            "heartline.reports.read.waiting-per-caller=1",
            "heartline.reports.feed.clients-per-caller=1"
        })
class ContractIT extends AbstractReadApiIT {

    private static final Contract PATHS = Contract.of("report-batch.yaml").at("paths");
    private static final String REPORT = "/v1/authors/{authorId}/reports/{week}";
    private static final String REPORTS = "/v1/authors/{authorId}/reports";
    private static final String POSTS = "/v1/authors/{authorId}/reports/{week}/posts";
    private static final String SUMMARY = "/v1/authors/{authorId}/summary";
    private static final String WEEK = "/v1/reports/{week}";
    private static final String AUTHORS = "/v1/reports/{week}/authors";
    private static final String PROBLEM = " application/problem+json";

    private static final String THIS_CALLER = "127.0.0.1";

    @Autowired
    @Qualifier("exports")
    private ConcurrencyLimit exports;

    @Autowired
    @Qualifier("waiting")
    private ConcurrencyLimit waiting;

    @Autowired
    @Qualifier("feedPermits")
    private ConcurrencyLimit feedPermits;

    private final YearWeek week = uniqueWeek();
    private final String author = uniqueAuthor(2);

    @BeforeEach
    void twoWeeksOfLikes() {
        setProgress(2, 100, AS_OF);
        for (int i = 0; i < 2; i++) {
            YearWeek one = week.plusWeeks(i);
            fold(
                    author,
                    one,
                    like(author, one, DayOfWeek.MONDAY, "p-1", "bob"),
                    unlike(author, one, DayOfWeek.MONDAY, "p-1", "bob"));
        }
    }

    /** Returns a request for each answer, by its name in {@link #documented()}. */
    private Map<String, Callable<HttpAnswer>> answers() {
        Map<String, Callable<HttpAnswer>> answers = new HashMap<>();
        for (String path : new String[] {REPORT, REPORTS, POSTS, SUMMARY, WEEK, AUTHORS}) {
            String uri = path.replace("{authorId}", author).replace("{week}", week.toString());
            answers.put("get " + path + " 200 application/json", () -> get(uri));
            answers.put("get " + path + " 304", () -> get(uri, "If-None-Match", "*"));
            answers.put("get " + path + " 406" + PROBLEM, () -> get(uri, "Accept", "text/html"));
        }
        for (String path : new String[] {REPORTS, POSTS, SUMMARY, AUTHORS}) {
            String uri = path.replace("{authorId}", author).replace("{week}", week.toString());
            answers.put("get " + path + " 200 application/x-ndjson", () -> get(uri + "?format=ndjson"));
            answers.put("get " + path + " 200 text/csv", () -> get(uri, "Accept", "text/csv"));
            answers.put(
                    "get " + path + " 429" + PROBLEM,
                    () -> sendWhileHolding(exports, THIS_CALLER, uri + "?format=csv"));
            answers.put("get " + path + " 503" + PROBLEM, () -> sendWithoutFreePermits(uri + "?format=csv"));
        }
        String reports = REPORTS.replace("{authorId}", author);
        answers.put("get " + REPORT + " 400" + PROBLEM, () -> get(reports + "/2026-W54"));
        answers.put("get " + REPORTS + " 400" + PROBLEM, () -> get(reports + "?from=2099-W01"));
        String summary = SUMMARY.replace("{authorId}", author);
        answers.put("get " + POSTS + " 400" + PROBLEM, () -> get(reports + "/current/posts?limit=0"));
        answers.put(
                "get " + POSTS + " 412" + PROBLEM, () -> get(reports + "/current/posts?atLeast=" + EPOCH + "-2-100"));
        answers.put("get " + SUMMARY + " 400" + PROBLEM, () -> get(summary + "?from=2099-W01"));
        answers.put("get " + SUMMARY + " 412" + PROBLEM, () -> get(summary + "?atLeast=other000-2-1"));
        answers.put("get " + WEEK + " 400" + PROBLEM, () -> get("/v1/reports/2026-W54"));
        answers.put("get " + AUTHORS + " 400" + PROBLEM, () -> get("/v1/reports/current/authors?limit=0"));
        String waitingUri = reports + "/current?wait=1&atLeast=" + EPOCH + "-2-100";
        answers.put("get " + REPORT + " 429" + PROBLEM, () -> sendWhileHolding(waiting, THIS_CALLER, waitingUri));
        answers.put("get " + REPORT + " 412" + PROBLEM, () -> get(reports + "/current?atLeast=" + EPOCH + "-2-100"));
        answers.put("get " + REPORTS + " 412" + PROBLEM, () -> get(reports + "?atLeast=other000-2-1"));
        String changes = "/v1/reports/changes";
        answers.put("get " + changes + " 200 application/json", () -> get(changes));
        answers.put("get " + changes + " 400" + PROBLEM, () -> get(changes + "?after=x"));
        answers.put("get " + changes + " 406" + PROBLEM, () -> get(changes, "Accept", "text/html"));
        answers.put("get " + changes + " 410" + PROBLEM, () -> get(changes + "?after=" + feedCursor(1_000_000)));
        answers.put(
                "get " + changes + " 429" + PROBLEM,
                () -> sendWhileHolding(feedPermits, THIS_CALLER, changes + "?wait=1&after=" + endOfFeed()));
        answers.put("post /graphql 200 application/json", () -> graphQl("{topAuthors(week:\"current\"){likes}}"));
        String own = "application/graphql-response+json";
        answers.put("post /graphql 200 " + own, () -> graphQl("{topAuthors(week:\"current\"){likes}}", own));
        answers.put("post /graphql 400 " + own, () -> graphQl("{nosuch}", own));
        answers.put("post /graphql 400" + PROBLEM, () -> graphQl(" "));
        answers.put("post /graphql 406" + PROBLEM, () -> graphQl("{__typename}", "text/html"));
        answers.put(
                "post /graphql 415" + PROBLEM,
                () -> send(HttpMethod.POST, "/graphql", "{__typename}", "Content-Type", "application/graphql"));
        answers.put("post /graphql 413" + PROBLEM, () -> graphQl("x".repeat(300_000)));
        answers.put("get /v1/runs 200 application/json", () -> get("/v1/runs"));
        answers.put("post /v1/runs 202 application/json", () -> send(HttpMethod.POST, "/v1/runs", null));
        answers.put("get /v1/runs/{id} 200 application/json", this::run);
        answers.put("get /v1/runs/{id} 404" + PROBLEM, () -> get("/v1/runs/none"));
        String erase = "delete /v1/authors/{authorId} ";
        answers.put(erase + "204", () -> erase("/v1/authors/" + author));
        answers.put(erase + "400" + PROBLEM, () -> send(HttpMethod.DELETE, "/v1/authors/no%20id", null));
        String eraseLiker = "delete /v1/authors/{authorId}/likers/{likerId} ";
        answers.put(eraseLiker + "204", () -> erase("/v1/authors/" + author + "/likers/bob"));
        answers.put(
                eraseLiker + "400" + PROBLEM,
                () -> send(HttpMethod.DELETE, "/v1/authors/" + author + "/likers/no%20id", null));
        answers.put("get /openapi.yaml 200 application/yaml", () -> get("/openapi.yaml"));
        answers.put("get /like-event.yaml 200 application/yaml", () -> get("/like-event.yaml"));
        answers.put(
                "get /actuator/health/readiness 200 application/vnd.spring-boot.actuator.v3+json",
                () -> get("/actuator/health/readiness"));
        return answers;
    }

    /**
     * Returns method, path, status and media type of each answer. MongoDownIT and AuthorReportsIT test the remaining
     * answers. LiveReportIT compares the events of a live report with the JSON of the plain report.
     */
    static Stream<String> documented() {
        return names(PATHS).flatMap(path -> names(PATHS.at(path))
                .filter(method -> !method.equals("parameters"))
                .flatMap(method -> answers(path, method))
                .filter(answer -> !answer.endsWith(" text/event-stream")));
    }

    private static Stream<String> answers(String path, String method) {
        return names(PATHS.at(path, method, "responses")).flatMap(status -> {
            String name = method + ' ' + path + ' ' + status;
            Contract content = PATHS.at(path, method, "responses", status, "content");
            return content.exists() ? names(content).map(type -> name + ' ' + type) : Stream.of(name);
        });
    }

    private static Stream<String> names(Contract parent) {
        return parent.node().propertyNames().stream();
    }

    @ParameterizedTest
    @MethodSource("documented")
    void documentedAnswer_isGiven_andMatchesTheContract(String name) throws Exception {
        Callable<HttpAnswer> request = answers().get(name);
        if (request == null) {
            assertThat(name)
                    .as("only an answer that requires an unavailable MongoDB has no request")
                    .contains(" 503 ");
            return;
        }
        HttpAnswer answer = request.call();

        String[] parts = name.split(" ", 3);
        assertThat(parts[2]).as(answer.text()).isEqualTo((answer.status() + " " + answer.mediaType()).strip());
        answer.assertMatchesContract(PATHS.at(parts[1], parts[0]));
    }

    @Test
    void givenAnswer_isDocumented() {
        assertThat(documented().toList()).containsAll(answers().keySet());
    }

    @Test
    void servedDocuments_areThoseInDocs() throws Exception {
        assertThat(get("/openapi.yaml").body()).isEqualTo(Files.readAllBytes(Path.of("../docs/api/report-batch.yaml")));
        assertThat(get("/like-event.yaml").body())
                .isEqualTo(Files.readAllBytes(Path.of("../docs/api/like-event.yaml")));
        assertThat(get("/frames.yaml").status()).isEqualTo(404);
    }

    private HttpAnswer graphQl(String query) {
        return graphQl(query, "*/*");
    }

    private HttpAnswer graphQl(String query, String accept) {
        return send(
                HttpMethod.POST,
                "/graphql",
                Map.of("query", query),
                "Content-Type",
                "application/json",
                "Accept",
                accept);
    }

    private HttpAnswer sendWithoutFreePermits(String uri) {
        ConcurrencyLimit.Permit permit = exports.acquire("bob");
        try {
            return sendWhileHolding(exports, "carol", uri);
        } finally {
            permit.release();
        }
    }

    private HttpAnswer sendWhileHolding(ConcurrencyLimit limit, String caller, String uri) {
        ConcurrencyLimit.Permit permit = limit.acquire(caller);
        try {
            return get(uri);
        } finally {
            permit.release();
        }
    }

    private String endOfFeed() {
        return feedCursor(new ChangeStore(mongo).last().block());
    }

    private String feedCursor(long number) {
        return FeedCursor.start(new FeedStore(mongo).feed().block()).at(number).toString();
    }

    private HttpAnswer erase(String uri) throws Exception {
        createTopic();
        return send(HttpMethod.DELETE, uri, null);
    }

    private HttpAnswer run() throws Exception {
        createTopic();
        String run = "/v1/runs/"
                + send(HttpMethod.POST, "/v1/runs", null).json().path("id").stringValue();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !get(run).json().path("status").stringValue().equals("running"));
        return get(run);
    }
}
