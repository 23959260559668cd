package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.threeten.extra.YearWeek;

/** An author is erased over HTTP. */
class EraseIT extends ReadIT {

    private final YearWeek week = ownWeek();
    private final String author = ownAuthor(1);
    private final String report = "/v1/authors/" + author + "/reports/" + week;

    private Answer erase() {
        return send(HttpMethod.DELETE, "/v1/authors/" + author, null);
    }

    @Test
    void anErasedAuthor_isInNoAnswerAnyMore() throws Exception {
        createTopic();
        String another = ownAuthor(2);
        for (String one : new String[] {author, another}) {
            fold(one, week, like(one, week, DayOfWeek.MONDAY, "p-1", "bob"));
        }
        String ranking = "/v1/reports/" + week + "/authors";
        String tag = get(report).headers().getETag();
        assertThat(get(report, "If-None-Match", tag).status()).isEqualTo(304);

        assertThat(erase().status()).isEqualTo(204);

        Answer zeros = get(report, "If-None-Match", tag);
        assertThat(zeros.status()).isEqualTo(200);
        assertThat(zeros.json().path("likes").intValue()).isZero();
        assertThat(get("/v1/reports/" + week).json().path("authors").intValue()).isEqualTo(1);
        assertThat(get(ranking).text()).contains(another).doesNotContain(author);
        assertThat(get(ranking + "?format=csv").text()).contains(another).doesNotContain(author);
    }

    @Test
    void anAuthorWithoutReports_isErasedAllTheSame() throws Exception {
        createTopic();

        Answer answer = erase();

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
        assertThat(erase().status()).isEqualTo(204);
    }

    @Test
    void anInvalidId_is400() {
        send(HttpMethod.DELETE, "/v1/authors/no%20id", null).assertIsAProblem(400, "authorId");
    }

    @Test
    void anotherMethod_is405() {
        assertThat(get("/v1/authors/" + author).status()).isEqualTo(405);
    }
}
