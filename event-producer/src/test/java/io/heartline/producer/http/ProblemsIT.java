package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.producer.HttpAnswer;
import io.heartline.producer.OpenApiCases;
import io.heartline.producer.like.IdempotencyKey;
import io.heartline.producer.like.ProblemType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.web.util.HtmlUtils;

/** The problem in the answer to an error, and the page of its type. */
class ProblemsIT extends AbstractContractIT {

    @Test
    void invalidHeader_returnsAProblemNamingIt() {
        assertNames(IdempotencyKey.HEADER, 400, post(JSON, LIKE, IdempotencyKey.HEADER, "two words"));
        assertNames(IdempotencyKey.HEADER, 400, post(NDJSON, LIKE, IdempotencyKey.HEADER, "two words"));
        assertNames("Content-Encoding", 415, post(NDJSON, LIKE, "Content-Encoding", "br"));
        assertNames("Content-Encoding", 415, post(JSON, LIKE, "Content-Encoding", "br"));
        assertNames("Content-Type", 415, post("application/*", LIKE));
    }

    /** RFC 9110, section 15.5.16, recommends the header. */
    @Test
    void unsupportedContentEncoding_returnsAcceptEncoding() {
        HttpAnswer refused = post(NDJSON, LIKE, "Content-Encoding", "br");

        assertThat(refused.headers().getFirst("Accept-Encoding")).isEqualTo("gzip, identity");
    }

    private static void assertNames(String header, int status, HttpAnswer answer) {
        assertThat(answer.status()).isEqualTo(status);
        answer.assertDocumented(OpenApiCases.POST_LIKES);
        assertThat(answer.json().at("/errors/0/header").stringValue()).isEqualTo(header);
    }

    @ParameterizedTest
    @EnumSource
    void everyProblemType_hasAPageWithCauseAndRemedy(ProblemType type) {
        HttpAnswer page = get(type.uri());

        page.assertDocumented(OpenApiCases.operation("/problems/{slug}"));
        assertThat(page.text())
                .contains(type.uri(), type.status.value() + " " + type.title)
                .contains("<p>" + HtmlUtils.htmlEscape(type.cause) + "</p>")
                .contains("<p>" + HtmlUtils.htmlEscape(type.remedy) + "</p>");
        assertThat(page.headers().getFirst("Content-Security-Policy")).contains("default-src 'none'");
        assertThat(page.headers().getFirst("X-Content-Type-Options")).isEqualTo("nosniff");
    }

    @Test
    void everyAnswer_hasAUniqueRequestId_equalToItsProblemsInstance() {
        HttpAnswer one = post(JSON, "{}");
        HttpAnswer other = post(JSON, "{}");

        assertThat(one.requestId()).isNotEqualTo(other.requestId());
        assertThat(one.json().path("instance").stringValue()).isEqualTo("urn:uuid:" + one.requestId());
    }

    @Test
    void unknownPath_orMalformedRequest_returnsProblemAboutBlank() {
        List<HttpAnswer> answers = List.of(
                get("/v1/nothing"),
                get("/v1/likes"),
                get("/problems/" + "x".repeat(4096)),
                get("/problems/none", "Note", "x".repeat(8192)));

        assertThat(answers).extracting(HttpAnswer::status).containsExactly(404, 405, 414, 431);
        assertThat(answers).allSatisfy(answer -> {
            assertThat(OpenApiCases.SCHEMAS.at("Answered").violations(answer.json()))
                    .isEmpty();
            assertThat(answer.json().path("type").stringValue()).isEqualTo("about:blank");
            assertThat(answer.requestId()).isNotNull();
        });
    }
}
