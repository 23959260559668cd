package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Contract;
import io.heartline.producer.OpenApiCases;
import io.heartline.producer.like.ProblemType;
import io.heartline.web.problem.RequestIds;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Checks that {@code event-producer.yaml} is consistent, and that its problems are the problems in the code. */
class ContractTest {

    /** An example in the document, and its schema. */
    private record Example(Contract schema, JsonNode value) {}

    @Test
    void everyReference_resolvesWithinTheDocument() {
        List<Contract> references = OpenApiCases.FILE
                .all()
                .filter(element -> element.node().has("$ref"))
                .map(Contract::referredTo)
                .toList();

        assertThat(references).hasSizeGreaterThan(50).allSatisfy(element -> {
            assertThat(element.file()).isEqualTo(OpenApiCases.FILE.file());
            assertThat(element.exists()).as(element.toString()).isTrue();
        });
    }

    @Test
    void everySchema_isValid_andMatchesItsExamples() {
        List<Example> examples =
                OpenApiCases.FILE.all().flatMap(ContractTest::examples).toList();

        assertThat(examples).hasSizeGreaterThan(20).allSatisfy(example -> assertThat(
                        example.schema().violations(example.value()))
                .as(example.toString())
                .isEmpty());
        assertThat(Stream.concat(
                        examples.stream().map(Example::schema),
                        OpenApiCases.names(OpenApiCases.SCHEMAS).map(OpenApiCases.SCHEMAS::at)))
                .allSatisfy(schema ->
                        assertThat(schema.isSchema()).as(schema.toString()).isTrue());
    }

    private static Stream<Example> examples(Contract element) {
        JsonNode shown = element.node().path("examples");
        if (element.node().has("example")) {
            return Stream.of(new Example(element.at("schema"), element.node().path("example")));
        }
        return shown.isObject()
                ? shown.values().stream().map(example -> new Example(element.at("schema"), example.path("value")))
                : shown.valueStream().map(example -> new Example(element, example));
    }

    @Test
    void everyAnswer_hasAnExample_andARequestId() {
        List<Contract> answers = OpenApiCases.operations()
                .flatMap(operation ->
                        OpenApiCases.names(operation.at("responses")).map(status -> operation.at("responses", status)))
                .toList();

        assertThat(answers).hasSizeGreaterThan(15).allSatisfy(answer -> {
            assertThat(answer.at("headers", RequestIds.HEADER, "required")
                            .node()
                            .asBoolean())
                    .as(answer.toString())
                    .isTrue();
            assertThat(OpenApiCases.names(answer.at("content"))).isNotEmpty().allSatisfy(type -> assertThat(
                            answer.at("content", type, "examples").exists())
                    .as(type + " in " + answer)
                    .isTrue());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"three", "minimal", "expired"})
    void streamExample_consistsOfResultLines(String name) {
        Contract stream = OpenApiCases.POST_LIKES.at("responses", "200", "content", "application/x-ndjson");

        assertThat(OpenApiCases.example(stream, name).lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(violations("ResultLine", line)).isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void everyProblemType_isDocumentedUnderItsStatus_withAnExample(ProblemType type) {
        JsonNode uri = JsonMapper.shared().valueToTree(type.uri());
        Contract content = OpenApiCases.POST_LIKES.at(
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
    void everyDocumentedProblemType_existsInTheCode() {
        assertThat(OpenApiCases.SCHEMAS
                        .at("Problem", "properties", "type", "enum")
                        .node()
                        .valueStream()
                        .map(JsonNode::stringValue))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(Stream.of(ProblemType.values()).map(ProblemType::uri), Stream.of("about:blank"))
                                .toList());
        Contract responses = OpenApiCases.POST_LIKES.at("responses");
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
                                    // the answer to a token that cannot be checked
                                    status.equals("503") ? Stream.of("about:blank") : Stream.empty())
                            .toList());
        }
    }

    @Test
    void documentedPages_areThoseOfTheProblemTypes() {
        assertThat(OpenApiCases.FILE
                        .at("paths", "/problems/{slug}", "parameters", "0", "schema", "enum")
                        .node()
                        .valueStream()
                        .map(slug -> "/problems/" + slug.stringValue()))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(ProblemType.values()).map(ProblemType::uri).toList());
    }

    private static List<String> violations(String schema, String json) {
        return OpenApiCases.SCHEMAS.at(schema).violations(JsonMapper.shared().readTree(json));
    }
}
