package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Contract;
import io.heartline.producer.HttpAnswer;
import io.heartline.producer.OpenApiCases;
import io.heartline.producer.like.IdempotencyKey;
import io.heartline.producer.like.IngestRequest;
import io.heartline.producer.like.ProblemType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Compares the examples in {@code event-producer.yaml} with the answers of the service. */
class OpenApiExamplesIT extends AbstractContractIT {

    private static final String CLOUD_EVENT = "application/cloudevents+json";
    private static final String CLOUD_EVENTS = "application/cloudevents-batch+json";
    private static final String KEY = OpenApiCases.FILE
            .at("components", "parameters", "idempotencyKey", "example")
            .node()
            .stringValue();

    @ParameterizedTest
    @ValueSource(strings = {"liked", "unliked"})
    void likeExample_hasTheEventIdOfTheExample(String name) {
        JsonNode like = OpenApiCases.POST_LIKES
                .at("requestBody", "content", JSON, "examples", name, "value")
                .node();

        HttpAnswer answer = post(JSON, like.toString(), IdempotencyKey.HEADER, KEY);

        assertThat(answer.json().path("eventId"))
                .isEqualTo(OpenApiCases.POST_LIKES
                        .at("responses", "202", "content", JSON, "examples", name, "value", "eventId")
                        .node());
    }

    @Test
    void arrayExample_isAnsweredAsDocumented() {
        HttpAnswer answer = post(JSON, exampleBody(JSON, "array"));

        answer.assertDocumented(OpenApiCases.POST_LIKES);
        assertThat(withoutPosition(answer.text()))
                .isEqualTo(withoutPosition(OpenApiCases.POST_LIKES
                        .at("responses", "200", "content", JSON, "examples", "array", "value")
                        .node()
                        .toString()));
    }

    @Test
    void cloudEventExamples_areOneEvent() {
        HttpAnswer single = post(CLOUD_EVENT, exampleBody(CLOUD_EVENT, "liked"));
        HttpAnswer batch = post(CLOUD_EVENTS, exampleBody(CLOUD_EVENTS, "one"));

        assertThat(single.status()).isEqualTo(202);
        assertThat(batch.json().at("/results/0/eventId"))
                .isEqualTo(single.json().path("eventId"));
        batch.assertDocumented(OpenApiCases.POST_LIKES);
    }

    private static String exampleBody(String mediaType, String name) {
        return OpenApiCases.POST_LIKES
                .at("requestBody", "content", mediaType, "examples", name, "value")
                .node()
                .toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"three", "minimal"})
    void streamExample_isAnsweredAsDocumented(String name) {
        String shown = OpenApiCases.example(OpenApiCases.POST_LIKES.at("requestBody", "content", NDJSON), "three");
        Contract answered = OpenApiCases.POST_LIKES.at("responses", "200", "content", NDJSON);

        HttpAnswer answer = post(
                NDJSON,
                shown.replace("…", "x".repeat(IngestRequest.MAX_LIKE_BYTES)),
                IdempotencyKey.HEADER,
                KEY,
                "Prefer",
                "return=" + name);

        answer.assertDocumented(OpenApiCases.POST_LIKES);
        assertThat(answer.headers().getFirst("Preference-Applied"))
                .isEqualTo(name.equals("minimal") ? "return=minimal" : null);
        assertThat(withoutPosition(answer.text())).isEqualTo(withoutPosition(OpenApiCases.example(answered, name)));
    }

    private static String withoutPosition(String text) {
        return text.replaceAll("\"position\":\"[^\"]+\"", "\"position\":\"\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "return=minimal | true",
                "respond-async, return=minimal; note=x | true",
                "Return = \"Minimal\" | true",
                "return=representation, note=\"return=minimal\" | false",
                "return=minimalist | false",
                "; | false",
            })
    void preferHeader_isParsedAsAListOfPreferences(String preference, boolean isMinimal) {
        HttpAnswer answer = post(NDJSON, LIKE, "Prefer", preference);

        assertThat(answer.lines()).hasSize(isMinimal ? 1 : 2);
        assertThat(answer.headers().containsHeader("Preference-Applied")).isEqualTo(isMinimal);
    }

    @Test
    void everyLine_hasAResultLine_andTheSummaryIsLast() {
        HttpAnswer answer = post(NDJSON, LIKE + "\r\n\nnonsense\n{\"at\":\"now\"}\n[]\n" + LIKE);

        answer.assertDocumented(OpenApiCases.POST_LIKES);
        assertThat(answer.lines()).allSatisfy(line -> assertThat(
                        OpenApiCases.SCHEMAS.at("ResultLine").violations(line))
                .as(line.toString())
                .isEmpty());
        assertThat(answer.lines().subList(0, 6).stream().map(line -> line.path("line") + " " + line.path("status")))
                .containsExactly("1 202", "2 400", "3 400", "4 400", "5 400", "6 202");
        assertThat(answer.lines().subList(6, 7)).hasToString("[{\"done\":true,\"accepted\":2,\"refused\":4}]");
    }

    @Test
    void lineSentAgainAsALike_isTheSameEvent_ofTheSameCallerOnly() {
        JsonNode line = post(NDJSON, "\n" + LIKE + "\n", IdempotencyKey.HEADER, "import-7")
                .lines()
                .get(1);

        HttpAnswer again = post(JSON, LIKE, IdempotencyKey.HEADER, "\"import-7/2\"");
        HttpAnswer others = post(JSON, LIKE, IdempotencyKey.HEADER, "import-7/2", CALLER, "carol");

        assertThat(again.json().path("eventId")).isEqualTo(line.path("eventId"));
        assertThat(again.json().path("position")).isNotEqualTo(line.path("position"));
        assertThat(others.json().path("eventId")).isNotEqualTo(line.path("eventId"));
    }

    @Test
    void pageExample_isTheServedPage() {
        Contract page = OpenApiCases.operation("/problems/{slug}").at("responses", "200", "content", "text/html");

        assertThat(get(ProblemType.OVERLOADED.uri()).text()).isEqualTo(OpenApiCases.example(page, "overloaded"));
    }
}
