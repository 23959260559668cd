package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.events.Contract;
import io.heartline.events.Identifier;
import io.heartline.events.Position;
import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.Frame;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The documents of {@code docs/api} are consistent and match the code. */
class ContractTest {

    private static final Contract FRAMES = Contract.of("frames.yaml");
    private static final Contract HTTP = Contract.of("push-gateway.yaml");
    private static final Contract ASYNC = Contract.of("heartline.asyncapi.yaml");
    private static final Contract IDS = Contract.of("like-event.yaml").at("$defs");

    /** An example of a document, and the schema that it has to match. */
    private record Example(Contract schema, JsonNode value) {}

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "heartbeat")
    void approvedFrame_matchesItsSchemaOnly(Frame.Kind kind) throws Exception {
        ObjectNode frame = approved(kind);

        assertThat(FRAMES.at("$defs", kind.name()).violations(frame)).isEmpty();
        assertThat(FRAMES.violations(frame)).isEmpty();
        Stream.of("frameOfAuthor", "frameOfAuthors")
                .flatMap(resource -> schemasOf(resource).stream())
                .filter(schema -> !kindOf(schema).equals(kind.name()))
                .forEach(schema -> assertThat(schema.violations(frame))
                        .as(schema.toString())
                        .isNotEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"frameOfAuthor", "frameOfAuthors"})
    void exampleOfAFrame_matchesItsSchemaOnly(String resource) {
        List<Contract> schemas = schemasOf(resource);

        for (Contract schema : schemas) {
            JsonNode example = schema.at("examples", "0").node();
            assertThat(schemas.stream().filter(each -> each.violations(example).isEmpty()))
                    .containsExactly(schema);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "digest"})
    void frameOfOneAuthor_isNoFrameOfSeveralAuthors(Frame.Kind kind) throws Exception {
        assertThat(FRAMES.at("$defs", "frameOfAuthors").violations(approved(kind)))
                .isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "heartbeat")
    void missingField_isRejected_andUnknownFieldIsAccepted(Frame.Kind kind) throws Exception {
        List<String> required = FRAMES.at("$defs", kind.name(), "required")
                .node()
                .valueStream()
                .map(JsonNode::stringValue)
                .toList();
        assertThat(approved(kind).propertyNames()).containsAll(required);
        for (String field : required) {
            ObjectNode frame = approved(kind);
            frame.remove(field);
            assertThat(FRAMES.violations(frame)).as("without " + field).isNotEmpty();
        }
        assertThat(FRAMES.violations(approved(kind).put("new", 1))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "hello;kind;\"other\"",
                "hello;position;\"k3f9-3\"",
                "hello;recovered;\"true\"",
                "like;position;\"k3f9-03-1\"",
                "like;loggedAt;\"yesterday\"",
                "like;event;{\"id\":\"e-1\"}",
                "digest;from;\"K3F9-3-1\"",
                "digest;liked;-1",
                "digest;posts;[{\"postId\":\"p-1\"}]",
                "digest;posts;[{\"postId\":\"a b\",\"liked\":1}]",
                "position;position;1042",
            })
    void malformedField_isRejected(Frame.Kind kind, String field, String value) throws Exception {
        ObjectNode frame = approved(kind);
        frame.set(field, JsonMapper.shared().readTree(value));

        assertThat(FRAMES.violations(frame)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"frames.yaml", "like-event.yaml", "push-gateway.yaml", "heartline.asyncapi.yaml"})
    void references_resolve(String file) {
        List<Contract> references = Contract.of(file)
                .all()
                .filter(place -> place.node().has("$ref"))
                .toList();

        assertThat(references).isNotEmpty().allSatisfy(place -> assertThat(
                        place.referredTo().exists())
                .as(place + " to " + place.referredTo())
                .isTrue());
        assertThat(new Contract(file, "/$defs/nothing").exists()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"frames.yaml", "like-event.yaml", "push-gateway.yaml", "heartline.asyncapi.yaml"})
    void schemas_areValid_andExamplesMatch(String file) {
        List<Example> examples = new ArrayList<>();
        Contract.of(file).all().forEach(place -> addExamples(place, examples));

        assertThat(examples).isNotEmpty().allSatisfy(example -> assertThat(
                        example.schema().violations(example.value()))
                .as(example.toString())
                .isEmpty());
        assertThat(examples).allSatisfy(example -> assertThat(example.schema().isSchema())
                .as(example.schema().toString())
                .isTrue());
    }

    @Test
    void answersAndMessages_haveExamples() {
        List<Contract> bodies = Stream.concat(HTTP.all(), ASYNC.all())
                .filter(place -> place.pointer().matches(".*/content/[^/]+|/components/messages/[^/]+"))
                .toList();

        assertThat(bodies).hasSizeGreaterThan(10).allSatisfy(place -> assertThat(
                        place.at("examples").exists())
                .as(place.toString())
                .isTrue());
    }

    @ParameterizedTest
    @CsvSource({"/v1/authors/{authorId}/likes, frameOfAuthor", "/v1/likes, frameOfAuthors"})
    void eventStreamExample_containsFrames(String path, String resource) {
        String stream = HTTP.at("paths", path, "get", "responses", "200", "content")
                .at("text/event-stream", "examples", "stream", "value")
                .node()
                .stringValue();

        List<String> frames = stream.lines()
                .filter(line -> line.startsWith("data:"))
                .map(line -> line.substring("data:".length()))
                .toList();
        assertThat(frames).isNotEmpty().allSatisfy(frame -> assertThat(FRAMES.at("$defs", resource)
                        .violations(JsonMapper.shared().readTree(frame)))
                .isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "k3f9-3-1042;true",
                "k3f9-3-1042,k3f9-7-start;true",
                "'';false",
                ",k3f9-3-1042;false",
                "k3f9-3-1042,;false",
                "k3f9-3-1042, k3f9-7-1;false",
                "k3f9-3;false",
            })
    void positionsPattern_isAListOfPositions(String positions, boolean isValid) {
        assertThat(fits(IDS.at("positions"), positions)).isEqualTo(isValid);
        assertThat(fits(IDS.at("positions"), String.join(",", Collections.nCopies(100, "k3f9-3-1"))))
                .isTrue();
        assertThat(fits(IDS.at("positions"), String.join(",", Collections.nCopies(101, "k3f9-3-1"))))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "a", "", ".", "..", "...", ".a", "no spaces", "ä", "a/b", "._:@|+~=-Z9", "a,b"})
    void identifierPattern_matchesTheCode(String id) {
        assertThat(fits(IDS.at("id"), id)).isEqualTo(Identifier.isValid(id));
        assertThat(fits(IDS.at("id"), "x".repeat(128))).isTrue();
        assertThat(fits(IDS.at("id"), "x".repeat(129))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"k3f9-3-1042", "k3f9x2ab-0-start", "k3f-3-1", "K3f9-3-1", "k3f9-3-01", "k3f9-1234567890-1"})
    void positionPattern_matchesTheCode(String position) {
        if (fits(IDS.at("position"), position)) {
            assertThat(Position.parse(position)).hasToString(position);
        } else {
            assertThatThrownBy(() -> Position.parse(position)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void queryParameters_readByCode_areThoseDocumented() {
        Set<String> read = new HashSet<>();
        LikesRequest.ofOneAuthor("alice", noticing(read), null, Caller.named("caller"));

        assertThat(read).isEqualTo(queryParameters("/v1/authors/{authorId}/likes"));
    }

    @ParameterizedTest
    @CsvSource({"author, /v1/authors/{authorId}/likes", "authors, /v1/likes"})
    void parametersOfAWebSocket_areThoseOfAStream(String channel, String path) {
        Contract webSocket = ASYNC.at("channels", channel, "bindings", "ws", "query", "properties");
        Set<String> expected = queryParameters(path);
        expected.removeAll(Set.of("wait", "limit"));

        assertThat(webSocket.node().propertyNames()).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static Set<String> queryParameters(String path) {
        Contract parameters = HTTP.at("paths", path, "get", "parameters");
        return Stream.iterate(0, i -> i + 1)
                .limit(parameters.node().size())
                .map(i -> parameters.at(String.valueOf(i)).node())
                .filter(parameter -> parameter.path("in").stringValue().equals("query"))
                .map(parameter -> parameter.path("name").stringValue())
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static String kindOf(Contract frame) {
        return frame.at("properties", "kind", "const").node().stringValue();
    }

    /** Returns the schemas of the frames that a resource has. */
    private static List<Contract> schemasOf(String resource) {
        Contract all = FRAMES.at("$defs", resource, "oneOf");
        return IntStream.range(0, all.node().size())
                .mapToObj(i -> all.at(String.valueOf(i)))
                .toList();
    }

    /** Returns a query without parameters that records the names of the parameters that the code reads. */
    @SuppressWarnings("unchecked")
    private static MultiValueMap<String, String> noticing(Set<String> names) {
        MultiValueMap<String, String> nothing = new LinkedMultiValueMap<>();
        return (MultiValueMap<String, String>) Proxy.newProxyInstance(
                ContractTest.class.getClassLoader(), new Class<?>[] {MultiValueMap.class}, (query, method, asked) -> {
                    names.add((String) asked[0]);
                    return method.invoke(nothing, asked);
                });
    }

    private static void addExamples(Contract place, List<Example> examples) {
        JsonNode node = place.node();
        JsonNode shown = node.path("examples");
        if (node.has("example")) {
            examples.add(new Example(place.at("schema"), node.path("example")));
        } else if (shown.isObject()) {
            shown.values().forEach(example -> examples.add(new Example(place.at("schema"), example.path("value"))));
        } else if (node.has("payload")) {
            shown.values().forEach(example -> example.propertyStream()
                    .filter(part -> !part.getKey().equals("name"))
                    .forEach(part -> examples.add(new Example(place.at(part.getKey()), part.getValue()))));
        } else {
            shown.values().forEach(example -> examples.add(new Example(place, example)));
        }
    }

    private static boolean fits(Contract schema, String text) {
        return schema.violations(JsonMapper.shared().valueToTree(text)).isEmpty();
    }

    private static ObjectNode approved(Frame.Kind kind) throws IOException {
        try (InputStream file = ContractTest.class.getResourceAsStream("/approved/" + kind + ".json")) {
            return (ObjectNode) JsonMapper.shared().readTree(file);
        }
    }
}
