package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.TestPropertySource;
import org.threeten.extra.YearWeek;

/** An author is erased while Kafka cannot say where the log ends: no test of this context creates the topic. */
@TestPropertySource(properties = "heartline.reports.read.exports=3")
class EraseWithoutTopicIT extends ReadIT {

    @Test
    void theReportsAreDeleted_andTheAnswerIs503() {
        YearWeek week = ownWeek();
        String author = ownAuthor(1);
        fold(author, week, like(author, week, DayOfWeek.MONDAY, "p-1", "bob"));

        Answer answer = send(HttpMethod.DELETE, "/v1/authors/" + author, null);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers().getFirst("Retry-After")).isEqualTo("5");
        assertThat(answer.json().path("detail").stringValue()).startsWith("The reports are deleted.");
        Answer report = get("/v1/authors/" + author + "/reports/" + week);
        assertThat(report.json().path("likes").intValue()).isZero();
    }
}
