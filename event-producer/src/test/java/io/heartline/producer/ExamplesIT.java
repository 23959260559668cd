package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Contract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What {@code event-producer.yaml} shows is what happens. */
class ExamplesIT extends AnsweringIT {

    private static final String KEY = Documented.FILE
            .at("components", "parameters", "idempotencyKey", "example")
            .node()
            .stringValue();

    @ParameterizedTest
    @ValueSource(strings = {"liked", "unliked"})
    void aLikeThatIsShown_hasTheEventIdThatIsShown(String name) {
        JsonNode like = Documented.POST_LIKES
                .at("requestBody", "content", JSON, "examples", name, "value")
                .node();

        Answer answer = post(JSON, like.toString(), IdempotencyKey.HEADER, KEY);

        assertThat(answer.json().path("eventId"))
                .isEqualTo(Documented.POST_LIKES
                        .at("responses", "202", "content", JSON, "examples", name, "value", "eventId")
                        .node());
    }

    @ParameterizedTest
    @ValueSource(strings = {"three", "minimal"})
    void theStreamThatIsShown_isAnsweredAsIsShown(String name) {
        String shown = Documented.example(Documented.POST_LIKES.at("requestBody", "content", NDJSON), "three");
        Contract answered = Documented.POST_LIKES.at("responses", "200", "content", NDJSON);

        Answer answer = post(
                NDJSON,
                shown.replace("…", "x".repeat(Intake.MOST_BYTES)),
                IdempotencyKey.HEADER,
                KEY,
                "Prefer",
                "return=" + name);

        answer.assertIsAsDocumented(Documented.POST_LIKES);
        assertThat(answer.headers().getFirst("Preference-Applied"))
                .isEqualTo(name.equals("minimal") ? "return=minimal" : null);
        assertThat(withoutPosition(answer.text())).isEqualTo(withoutPosition(Documented.example(answered, name)));
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
    void aPreference_isReadAsOne_notAsAText(String preference, boolean isMinimal) {
        Answer answer = post(NDJSON, LIKE, "Prefer", preference);

        assertThat(answer.lines()).hasSize(isMinimal ? 1 : 2);
        assertThat(answer.headers().containsHeader("Preference-Applied")).isEqualTo(isMinimal);
    }

    @Test
    void everyLineOfAStream_isAnsweredWithAResultLine_andAfterThemComesTheirSum() {
        Answer answer = post(NDJSON, LIKE + "\r\n\nnonsense\n{\"at\":\"now\"}\n[]\n" + LIKE);

        answer.assertIsAsDocumented(Documented.POST_LIKES);
        assertThat(answer.lines()).allSatisfy(line -> assertThat(
                        Documented.SCHEMAS.at("ResultLine").violations(line))
                .as(line.toString())
                .isEmpty());
        assertThat(answer.lines().subList(0, 6).stream().map(line -> line.path("line") + " " + line.path("status")))
                .containsExactly("1 202", "2 400", "3 400", "4 400", "5 400", "6 202");
        assertThat(answer.lines().subList(6, 7)).hasToString("[{\"done\":true,\"accepted\":2,\"refused\":4}]");
    }

    @Test
    void aLineThatIsSentAgainByItself_isTheSameEvent_butNotIfAnotherCallerSendsIt() {
        JsonNode line = post(NDJSON, "\n" + LIKE + "\n", IdempotencyKey.HEADER, "import-7")
                .lines()
                .get(1);

        Answer again = post(JSON, LIKE, IdempotencyKey.HEADER, "\"import-7/2\"");
        Answer others = post(JSON, LIKE, IdempotencyKey.HEADER, "import-7/2", CALLER, "carol");

        assertThat(again.json().path("eventId")).isEqualTo(line.path("eventId"));
        assertThat(again.json().path("position")).isNotEqualTo(line.path("position"));
        assertThat(others.json().path("eventId")).isNotEqualTo(line.path("eventId"));
    }

    @Test
    void thePageThatIsShown_isTheOneThatIsServed() {
        Contract page = Documented.operation("/problems/{slug}").at("responses", "200", "content", "text/html");

        assertThat(get(ProblemType.overloaded.uri()).text()).isEqualTo(Documented.example(page, "overloaded"));
    }
}
