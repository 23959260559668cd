package io.heartline.reports.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.audit.AuditLines;
import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import io.heartline.web.CapturedLog;
import java.time.DayOfWeek;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.http.HttpMethod;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;

/** Erasure of a liker over HTTP. */
@ExtendWith(CapturedLog.class)
class LikerErasureOverHttpIT extends AbstractReadApiIT {

    private static final String LIKER = "bob-4711";

    private final YearWeek week = uniqueWeek();
    private final String author = uniqueAuthor(1);
    private final String reports = "/v1/authors/" + author + "/reports/";

    @BeforeEach
    void twoWeeks() throws Exception {
        createTopic();
        setProgress(1, 10, AS_OF);
        for (int i = 0; i < 2; i++) {
            YearWeek one = week.plusWeeks(i);
            fold(
                    author,
                    one,
                    like(author, one, DayOfWeek.MONDAY, "p-1", LIKER),
                    like(author, one, DayOfWeek.TUESDAY, "p-2", LIKER),
                    unlike(author, one, DayOfWeek.TUESDAY, "p-2", LIKER),
                    like(author, one, DayOfWeek.MONDAY, "p-1", "carol"));
        }
    }

    private HttpAnswer erase() {
        return send(HttpMethod.DELETE, "/v1/authors/" + author + "/likers/" + LIKER, null);
    }

    @Test
    void erasedLiker_appearsInNoFigure() {
        String second = reports + week.plusWeeks(1);
        String tag = get(second).headers().getETag();
        assertThat(get(second).json().path("likersReturning").intValue()).isEqualTo(2);
        get("/v1/reports/" + week);

        assertThat(erase().status()).isEqualTo(204);

        HttpAnswer answer = get(second, "If-None-Match", tag);
        assertThat(answer.status()).isEqualTo(200);
        JsonNode report = answer.json();
        assertThat(report.path("likes").intValue()).isEqualTo(1);
        assertThat(report.path("unlikes").intValue()).isZero();
        assertThat(report.path("likers").intValue()).isEqualTo(1);
        assertThat(report.path("likersReturning").intValue()).isEqualTo(1);
        assertThat(report.at("/events/liked").intValue()).isEqualTo(3);
        assertThat(report.at("/byDay/0/likes").intValue()).isEqualTo(1);
        assertThat(report.at("/byDay/1/likes").intValue()).isZero();
        assertThat(report.path("topPosts")).hasSize(1);
        assertThat(report.at("/previous/likes").intValue()).isEqualTo(1);
        assertThat(get(reports + week + "/posts").json().path("items")).hasSize(1);
        JsonNode summary = get("/v1/authors/" + author + "/summary?from=" + week + "&to=" + week.plusWeeks(1))
                .json();
        assertThat(summary.path("likes").intValue()).isEqualTo(2);
        assertThat(summary.path("likers").intValue()).isEqualTo(1);
        assertThat(get("/v1/reports/" + week).json().path("likes").intValue()).isEqualTo(1);
        JsonNode ranked = get("/v1/reports/" + week + "/authors").json().at("/items/0");
        assertThat(ranked.path("likes").intValue()).isEqualTo(1);
        assertThat(ranked.path("likers").intValue()).isEqualTo(1);
    }

    @Test
    void erasedLiker_whoLikedNothing_returns204() {
        HttpAnswer answer = send(HttpMethod.DELETE, "/v1/authors/" + author + "/likers/zoe", null);

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
        assertThat(send(HttpMethod.DELETE, "/v1/authors/" + uniqueAuthor(2) + "/likers/" + LIKER, null)
                        .status())
                .isEqualTo(204);
    }

    @Test
    void auditLine_namesTheAuthor_andNotTheLiker(CapturedOutput log) {
        erase();

        JsonNode line = AuditLines.only(log, author);
        assertThat(line.path("action").stringValue()).isEqualTo("erase");
        assertThat(line.path("author").stringValue()).isEqualTo(author);
        assertThat(line.path("target").stringValue()).isEqualTo("/v1/authors/" + author + "/likers");
        assertThat(line.path("status").intValue()).isEqualTo(204);
        assertThat(log.getAll()).doesNotContain(LIKER);
    }

    /** 128 characters are the maximum of an id. */
    @ParameterizedTest
    @ValueSource(ints = {128, 129})
    void idsUpToTheMaximumLength_areAccepted(int length) {
        String id = "x".repeat(length);
        HttpAnswer ofLiker = send(HttpMethod.DELETE, "/v1/authors/" + author + "/likers/" + id, null);
        HttpAnswer ofAuthor = send(HttpMethod.DELETE, "/v1/authors/" + id + "/likers/" + LIKER, null);

        if (length == 128) {
            assertThat(ofLiker.status()).isEqualTo(204);
            assertThat(ofAuthor.status()).isEqualTo(204);
        } else {
            ofLiker.assertIsProblem(400, "likerId");
            ofAuthor.assertIsProblem(400, "authorId");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"no%20id", "%7B%22$gt%22%3A%22%22%7D", "a%2Fb", "%C3%A9"})
    void invalidLikerId_returns400(String id) {
        send(HttpMethod.DELETE, "/v1/authors/" + author + "/likers/" + id, null).assertIsProblem(400, "likerId");
    }

    @Test
    void otherMethod_returns405() {
        assertThat(get("/v1/authors/" + author + "/likers/" + LIKER).status()).isEqualTo(405);
    }
}
