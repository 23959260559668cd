package io.heartline.reports.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import io.heartline.web.TestIssuer;
import java.time.DayOfWeek;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.ContextConfiguration;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;

/**
 * A service with tokens writes audit lines for changes, exports, and reads of other authors' reports. Each line names the
 * token's subject.
 */
@ContextConfiguration(initializers = AuditWithTokensIT.Tokens.class)
@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class AuditWithTokensIT extends AbstractReadApiIT {

    private static final TestIssuer ISSUER = new TestIssuer();
    private static final String ANALYST = ISSUER.token("analyst", "reports:read:any");
    private static final String OPERATOR = ISSUER.token("operator", "reports:run reports:erase");

    static final class Tokens implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of(ISSUER.settings()).applyTo(context);
        }
    }

    @Autowired
    private LoggingSystem logging;

    private final YearWeek week = uniqueWeek();
    private final String author = uniqueAuthor(1);
    private final String reports = "/v1/authors/" + author + "/reports";

    @BeforeEach
    void aReport() {
        fold(author, week, like(author, week, DayOfWeek.MONDAY, "p-1", "bob"));
    }

    private HttpAnswer get(String uri, String token) {
        return get(uri, "Authorization", "Bearer " + token);
    }

    private HttpAnswer query(String query, String token) {
        return send(
                HttpMethod.POST,
                "/graphql",
                Map.of("query", query),
                "Content-Type",
                "application/json",
                "Authorization",
                "Bearer " + token);
    }

    private HttpAnswer change(HttpMethod method, String uri) {
        return send(method, uri, null, "Authorization", "Bearer " + OPERATOR);
    }

    /**
     * Returns the audit lines of the test's author. It first logs a last line and waits for it, so that all earlier lines are
     * present.
     */
    private List<JsonNode> linesOfAuthor(CapturedOutput log) {
        String last = uniqueAuthor(2);
        get("/v1/authors/" + last + "/reports/current", ANALYST);
        AuditLines.only(log, last);
        return AuditLines.with(log, author);
    }

    @Test
    void readOfAnotherAuthorsReport_isLoggedWithSubjectAndRequestIdOnly(CapturedOutput log) {
        HttpAnswer answer = get(reports + "/" + week + "?x=secret", ANALYST);

        assertThat(AuditLines.only(log, answer.headers().getFirst("Request-Id")).toString())
                .isEqualTo("{\"action\":\"read\",\"author\":\"" + author + "\",\"target\":\"" + reports + "/" + week
                        + "\",\"subject\":\"analyst\",\"requestId\":\""
                        + answer.headers().getFirst("Request-Id") + "\",\"status\":200}");
        assertThat(log.getAll()).doesNotContain(ANALYST, "secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"reports:read", "reports:read:any", "reports:read reports:read:any"})
    void readOfOwnReport_withAnyScope_isNotLogged(String scope, CapturedOutput log) {
        String own = ISSUER.token(author, scope);

        assertThat(get(reports, own).status()).isEqualTo(200);
        assertThat(get(reports + "/" + week, own).status()).isEqualTo(200);
        assertThat(query("{weeklyReports(author:\"" + author + "\"){likes}}", own)
                        .json()
                        .has("errors"))
                .isFalse();

        assertThat(linesOfAuthor(log)).isEmpty();
    }

    @Test
    void notModifiedAnswer_isLogged(CapturedOutput log) {
        assertThat(get(reports + "/" + week, "Authorization", "Bearer " + ANALYST, "If-None-Match", "*")
                        .status())
                .isEqualTo(304);

        assertThat(AuditLines.only(log, author).path("status").intValue()).isEqualTo(304);
    }

    @Test
    void readOfAllAuthors_isLogged(CapturedOutput log) {
        for (String path : List.of("/v1/reports/" + week, "/v1/reports/" + week + "/authors")) {
            get(path, ANALYST);

            JsonNode line = AuditLines.only(log, "\"" + path + "\"");
            assertThat(line.path("action").stringValue()).isEqualTo("read");
            assertThat(line.has("author")).isFalse();
        }
    }

    @Test
    void graphQlQuery_logsEachReportOfAnotherAuthor_andEachRanking(CapturedOutput log) {
        String analystToo = ISSUER.token(author, "reports:read:any");
        String another = uniqueAuthor(1);

        HttpAnswer answer = query("""
                {mine:weeklyReport(author:"%s",week:"%s"){likes}
                 theirs:weeklyReport(author:"%s",week:"%s"){likes}
                 many:weeklyReports(author:"%s"){likes}
                 top:topAuthors(week:"%s"){authorId}}
                """.formatted(author, week, another, week, another, week), analystToo);

        String id = answer.headers().getFirst("Request-Id");
        await().untilAsserted(() -> assertThat(AuditLines.with(log, id)).hasSize(3));
        assertThat(AuditLines.with(log, id))
                .allSatisfy(
                        line -> assertThat(line.path("subject").stringValue()).isEqualTo(author))
                .extracting(line -> line.path("author").asString("") + " "
                        + line.path("target").stringValue())
                .containsExactlyInAnyOrder(
                        another + " /v1/authors/" + another + "/reports/" + week,
                        another + " /v1/authors/" + another + "/reports",
                        " /v1/reports/" + week + "/authors");
    }

    @Test
    void refusedRequest_isNotLogged(CapturedOutput log) {
        String other = ISSUER.token("mallory", "reports:read");

        assertThat(get(reports, other).status()).isEqualTo(403);
        assertThat(get(reports, "no token").status()).isEqualTo(401);
        assertThat(get(reports + "/2026-W54", ANALYST).status()).isEqualTo(400);
        assertThat(get(reports + "/" + week + "?atLeast=other000-1-1", ANALYST).status())
                .isEqualTo(412);
        assertThat(query("{weeklyReports(author:\"" + author + "\"){likes}}", other)
                        .json()
                        .has("errors"))
                .isTrue();

        assertThat(linesOfAuthor(log)).isEmpty();
    }

    @Test
    void exportOfOwnReports_isLogged(CapturedOutput log) {
        get(reports + "?format=csv", ISSUER.token(author, "reports:read"));

        JsonNode line = AuditLines.only(log, author);
        assertThat(line.path("action").stringValue()).isEqualTo("export");
        assertThat(line.path("subject").stringValue()).isEqualTo(author);
        assertThat(line.path("complete").booleanValue()).isTrue();
    }

    @Test
    void runsAndErasures_areLoggedWithTheSubject(CapturedOutput log) throws Exception {
        createTopic();

        String run = change(HttpMethod.POST, "/v1/runs").headers().getFirst("Location");
        assertThat(change(HttpMethod.DELETE, "/v1/authors/" + author).status()).isEqualTo(204);

        assertThat(AuditLines.only(log, run).path("subject").stringValue()).isEqualTo("operator");
        JsonNode erasure = AuditLines.only(log, author);
        assertThat(erasure.path("action").stringValue()).isEqualTo("erase");
        assertThat(erasure.path("subject").stringValue()).isEqualTo("operator");
        assertThat(erasure.has("address")).isFalse();
    }

    /** The subject is untrusted because an issuer may let people choose it. */
    @Test
    void subjectWithLineBreaks_isEscaped(CapturedOutput log) {
        String subject = "x\n12:00:00.000 INFO forged : {\"action\":\"erase\"}\r\u001b[31m\u2028\u202e\u0085\u007f\"\\";
        get(reports, ISSUER.token(subject, "reports:read:any"));

        assertThat(AuditLines.only(log, author).path("subject").stringValue()).isEqualTo(subject);
        assertThat(log.getAll().lines())
                .filteredOn(line -> line.contains(author))
                .allMatch(line -> line.chars().allMatch(character -> character >= ' ' && character < 0x7f));
    }

    @Test
    void actionWithLoggerOff_isNotLogged_andOthersAre(CapturedOutput log) throws Exception {
        createTopic();
        logging.setLogLevel("heartline.audit.read", LogLevel.OFF);
        try {
            get(reports, ANALYST);
            change(HttpMethod.DELETE, "/v1/authors/" + author);

            assertThat(AuditLines.only(log, author).path("action").stringValue())
                    .isEqualTo("erase");
        } finally {
            logging.setLogLevel("heartline.audit.read", null);
        }
    }
}
