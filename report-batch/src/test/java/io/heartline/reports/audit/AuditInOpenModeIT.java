package io.heartline.reports.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import io.heartline.web.CapturedLog;
import java.time.DayOfWeek;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.http.HttpMethod;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;

/** A service in open mode writes audit lines for changes and exports, with the client's address. */
@ExtendWith(CapturedLog.class)
class AuditInOpenModeIT extends AbstractReadApiIT {

    private final YearWeek week = uniqueWeek();
    private final String author = uniqueAuthor(1);

    private HttpAnswer erase(String id) {
        return send(HttpMethod.DELETE, "/v1/authors/" + id, null);
    }

    @Test
    void run_isLoggedWithTheClientAddress(CapturedOutput log) throws Exception {
        createTopic();

        HttpAnswer answer = send(HttpMethod.POST, "/v1/runs", null);

        String run = answer.headers().getFirst("Location");
        JsonNode line = AuditLines.only(log, run);
        assertThat(line.toString())
                .isEqualTo("{\"action\":\"run\",\"target\":\"" + run + "\",\"address\":\"127.0.0.1\",\"requestId\":\""
                        + answer.headers().getFirst("Request-Id") + "\",\"status\":202}");
    }

    @Test
    void erasure_isLoggedWithTheAuthor(CapturedOutput log) throws Exception {
        createTopic();

        HttpAnswer answer = erase(author);

        assertThat(answer.status()).isEqualTo(204);
        JsonNode line = AuditLines.only(log, author);
        assertThat(line.path("action").stringValue()).isEqualTo("erase");
        assertThat(line.path("author").stringValue()).isEqualTo(author);
        assertThat(line.path("address").stringValue()).isEqualTo("127.0.0.1");
        assertThat(line.path("requestId").stringValue())
                .isEqualTo(answer.headers().getFirst("Request-Id"));
        assertThat(line.path("status").intValue()).isEqualTo(204);
    }

    @Test
    void invalidErasure_isNotLogged(CapturedOutput log) throws Exception {
        createTopic();

        assertThat(erase("no%20id").status()).isEqualTo(400);
        erase(author);

        AuditLines.only(log, author);
        assertThat(AuditLines.with(log, "no%20id")).isEmpty();
    }

    @Test
    void export_isLogged_andOtherReadsAreNot(CapturedOutput log) {
        fold(author, week, like(author, week, DayOfWeek.MONDAY, "p-1", "bob"));
        String reports = "/v1/authors/" + author + "/reports";
        get(reports);
        get(reports + "/" + week);
        get("/v1/reports/" + week);
        send(
                HttpMethod.POST,
                "/graphql",
                Map.of("query", "{weeklyReports(author:\"" + author + "\"){likes}}"),
                "Content-Type",
                "application/json");

        get("/v1/reports/" + week + "/authors?format=csv");
        get(reports + "?format=ndjson");

        JsonNode one = AuditLines.only(log, author);
        assertThat(one.path("action").stringValue()).isEqualTo("export");
        assertThat(one.path("target").stringValue()).isEqualTo(reports);
        assertThat(one.path("complete").booleanValue()).isTrue();
        JsonNode all = AuditLines.only(log, week.toString());
        assertThat(all.path("action").stringValue()).isEqualTo("export");
        assertThat(all.has("author")).isFalse();
    }
}
