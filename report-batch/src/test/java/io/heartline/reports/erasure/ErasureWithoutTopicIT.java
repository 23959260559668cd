package io.heartline.reports.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.audit.AuditLines;
import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import io.heartline.web.CapturedLog;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.TestPropertySource;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;

/** Erasure of an author while the log end is unknown, because no test in this context creates the topic. */
@ExtendWith(CapturedLog.class)
@TestPropertySource(properties = "heartline.reports.read.exports=3")
class ErasureWithoutTopicIT extends AbstractReadApiIT {

    @Test
    void erasureWithoutTopic_deletesReports_andReturns503() {
        YearWeek week = uniqueWeek();
        String author = uniqueAuthor(1);
        fold(author, week, like(author, week, DayOfWeek.MONDAY, "p-1", "bob"));

        HttpAnswer answer = send(HttpMethod.DELETE, "/v1/authors/" + author, null);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers().getFirst("Retry-After")).isEqualTo("5");
        assertThat(answer.json().path("detail").stringValue()).startsWith("The reports are deleted.");
        HttpAnswer report = get("/v1/authors/" + author + "/reports/" + week);
        assertThat(report.json().path("likes").intValue()).isZero();
    }

    @Test
    void erasureOfALikerWithoutTopic_removesTheLiker_andReturns503() {
        YearWeek week = uniqueWeek();
        String author = uniqueAuthor(1);
        fold(
                author,
                week,
                like(author, week, DayOfWeek.MONDAY, "p-1", "bob"),
                like(author, week, DayOfWeek.MONDAY, "p-1", "carol"));

        HttpAnswer answer = send(HttpMethod.DELETE, "/v1/authors/" + author + "/likers/bob", null);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers().getFirst("Retry-After")).isEqualTo("5");
        assertThat(answer.json().path("detail").stringValue())
                .isEqualTo("The liker is removed from the reports. Kafka does not answer, so the next run completes the"
                        + " erasure: repeat the request.");
        HttpAnswer report = get("/v1/authors/" + author + "/reports/" + week);
        assertThat(report.json().path("likes").intValue()).isEqualTo(1);
    }

    /** An audit line is required because the author's reports may already be deleted. */
    @Test
    void clientDisconnects_erasureIsAuditedWithoutStatus(CapturedOutput log) throws Exception {
        String author = uniqueAuthor(1);

        try (Socket client = new Socket("127.0.0.1", port)) {
            client.getOutputStream()
                    .write(("DELETE /v1/authors/" + author + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
        }

        JsonNode line = AuditLines.only(log, author);
        assertThat(line.path("action").stringValue()).isEqualTo("erase");
        assertThat(line.has("status")).isFalse();
    }
}
