package io.heartline.reports.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import java.time.DayOfWeek;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.threeten.extra.YearWeek;

/** Erasure of an author over HTTP. */
class ErasureOverHttpIT extends AbstractReadApiIT {

    private final YearWeek week = uniqueWeek();
    private final String author = uniqueAuthor(1);
    private final String report = "/v1/authors/" + author + "/reports/" + week;

    private HttpAnswer erase() {
        return send(HttpMethod.DELETE, "/v1/authors/" + author, null);
    }

    @Test
    void erasedAuthor_appearsInNoResponse() throws Exception {
        createTopic();
        String another = uniqueAuthor(2);
        for (String one : new String[] {author, another}) {
            fold(one, week, like(one, week, DayOfWeek.MONDAY, "p-1", "bob"));
        }
        String ranking = "/v1/reports/" + week + "/authors";
        String tag = get(report).headers().getETag();
        assertThat(get(report, "If-None-Match", tag).status()).isEqualTo(304);

        assertThat(erase().status()).isEqualTo(204);

        HttpAnswer zeros = get(report, "If-None-Match", tag);
        assertThat(zeros.status()).isEqualTo(200);
        assertThat(zeros.json().path("likes").intValue()).isZero();
        assertThat(get("/v1/reports/" + week).json().path("authors").intValue()).isEqualTo(1);
        assertThat(get(ranking).text()).contains(another).doesNotContain(author);
        assertThat(get(ranking + "?format=csv").text()).contains(another).doesNotContain(author);
    }

    @Test
    void erasedAuthor_leavesTheTotalsOfAWeekThatWereReadBefore() throws Exception {
        createTopic();
        setProgress(1, 10, AS_OF);
        fold(author, week, like(author, week, DayOfWeek.MONDAY, "p-1", "bob"));
        assertThat(get("/v1/reports/" + week).json().path("authors").intValue()).isEqualTo(1);

        assertThat(erase().status()).isEqualTo(204);

        assertThat(get("/v1/reports/" + week).json().path("authors").intValue()).isZero();
    }

    @Test
    void authorWithoutReports_returns204() throws Exception {
        createTopic();

        HttpAnswer answer = erase();

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
        assertThat(erase().status()).isEqualTo(204);
    }

    @Test
    void invalidId_returns400() {
        send(HttpMethod.DELETE, "/v1/authors/no%20id", null).assertIsProblem(400, "authorId");
    }

    @Test
    void otherMethod_returns405() {
        assertThat(get("/v1/authors/" + author).status()).isEqualTo(405);
    }
}
