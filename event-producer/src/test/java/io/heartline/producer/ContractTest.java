package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Contract;
import io.heartline.events.Position;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code event-producer.yaml} holds what it promises about itself, and its answers are those of the code. */
class ContractTest {

    /** A value that the document shows, and the schema that it is to fit. */
    private record Example(Contract schema, JsonNode value) {}

    @Test
    void everyReference_leadsSomewhereInTheDocument_whichIsServedAlone() {
        List<Contract> references = Documented.FILE
                .all()
                .filter(place -> place.node().has("$ref"))
                .map(Contract::referredTo)
                .toList();

        assertThat(references).hasSizeGreaterThan(50).allSatisfy(place -> {
            assertThat(place.file()).isEqualTo(Documented.FILE.file());
            assertThat(place.exists()).as(place.toString()).isTrue();
        });
    }

    @Test
    void everySchema_isOne_andEveryExampleFitsIts() {
        List<Example> examples =
                Documented.FILE.all().flatMap(ContractTest::examples).toList();

        assertThat(examples).hasSizeGreaterThan(20).allSatisfy(example -> assertThat(
                        example.schema().violations(example.value()))
                .as(example.toString())
                .isEmpty());
        assertThat(Stream.concat(
                        examples.stream().map(Example::schema),
                        Documented.names(Documented.SCHEMAS).map(Documented.SCHEMAS::at)))
                .allSatisfy(schema ->
                        assertThat(schema.isSchema()).as(schema.toString()).isTrue());
    }

    private static Stream<Example> examples(Contract place) {
        JsonNode shown = place.node().path("examples");
        if (place.node().has("example")) {
            return Stream.of(new Example(place.at("schema"), place.node().path("example")));
        }
        return shown.isObject()
                ? shown.values().stream().map(example -> new Example(place.at("schema"), example.path("value")))
                : shown.valueStream().map(example -> new Example(place, example));
    }

    @Test
    void everyAnswer_isShown_andHasARequestId() {
        List<Contract> answers = Documented.operations()
                .flatMap(operation ->
                        Documented.names(operation.at("responses")).map(status -> operation.at("responses", status)))
                .toList();

        assertThat(answers).hasSizeGreaterThan(15).allSatisfy(answer -> {
            assertThat(answer.at("headers", RequestIds.HEADER, "required")
                            .node()
                            .asBoolean())
                    .as(answer.toString())
                    .isTrue();
            assertThat(Documented.names(answer.at("content"))).isNotEmpty().allSatisfy(type -> assertThat(
                            answer.at("content", type, "examples").exists())
                    .as(type + " in " + answer)
                    .isTrue());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"three", "minimal", "expired"})
    void theStreamThatIsShown_isOfResultLines(String name) {
        Contract stream = Documented.POST_LIKES.at("responses", "200", "content", "application/x-ndjson");

        assertThat(Documented.example(stream, name).lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(violations("ResultLine", line)).isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeOfProblem_isDescribedAndShownUnderItsStatus(ProblemType type) {
        JsonNode uri = JsonMapper.shared().valueToTree(type.uri());
        Contract content = Documented.POST_LIKES.at(
                "responses", String.valueOf(type.status.value()), "content", "application/problem+json");

        assertThat(content.at("schema", "allOf", "1", "properties", "type", "enum")
                        .node()
                        .values())
                .contains(uri);
        assertThat(content.at("examples").node().values()).anySatisfy(example -> {
            assertThat(example.at("/value/type")).isEqualTo(uri);
            assertThat(example.at("/value/title").stringValue()).isEqualTo(type.title);
        });
    }

    @Test
    void everyTypeOfProblemThatIsDescribed_isOneOfTheCode_underItsStatus() {
        assertThat(Documented.SCHEMAS
                        .at("Problem", "properties", "type", "enum")
                        .node()
                        .valueStream()
                        .map(JsonNode::stringValue))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(Stream.of(ProblemType.values()).map(ProblemType::uri), Stream.of("about:blank"))
                                .toList());
        Contract responses = Documented.POST_LIKES.at("responses");
        for (String status : responses.node().propertyNames()) {
            assertThat(responses
                            .at(status, "content", "application/problem+json", "schema", "allOf", "1", "properties")
                            .at("type", "enum")
                            .node()
                            .valueStream()
                            .map(JsonNode::stringValue))
                    .as(status)
                    .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                    Stream.of(ProblemType.values())
                                            .filter(type -> status.equals(String.valueOf(type.status.value())))
                                            .map(ProblemType::uri),
                                    // a token that cannot be checked
                                    status.equals("503") ? Stream.of("about:blank") : Stream.empty())
                            .toList());
        }
    }

    @Test
    void pagesThatAreDescribed_areThoseOfTheTypes() {
        assertThat(Documented.FILE
                        .at("paths", "/problems/{slug}", "parameters", "0", "schema", "enum")
                        .node()
                        .valueStream()
                        .map(slug -> "/problems/" + slug.stringValue()))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(ProblemType.values()).map(ProblemType::uri).toList());
    }

    @Test
    void whatALineCanComeTo_isAResultLine() {
        Line accepted = new Line(1, 100, new EventIds().next());
        accepted.settle(new Position("k3f9x2ab", 3, 1042), null);
        Line unknown = new Line(3, 100, new EventIds().next());
        unknown.settle(null, new IllegalStateException("as Kafka's client may fail"));

        assertThat(Stream.of(
                        accepted,
                        Line.refused(2, RefusedException.invalid(List.of(Fault.ofField("at", "is missing"))), false),
                        unknown,
                        Line.refused(4, RefusedException.tooLarge(), false)))
                .allSatisfy(line -> assertThat(violations("ResultLine", told(line)))
                        .as(told(line))
                        .isEmpty());
    }

    private static String told(Line line) {
        StringBuilder told = new StringBuilder();
        line.tell(told);
        return told.toString();
    }

    private static List<String> violations(String schema, String json) {
        return Documented.SCHEMAS.at(schema).violations(JsonMapper.shared().readTree(json));
    }
}
