package io.heartline.gateway.http;

import io.heartline.events.Contract;
import java.util.Collections;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Test cases from the OpenAPI document. */
final class OpenApiCases {

    static final Contract PATHS = Contract.of("push-gateway.yaml").at("paths");
    static final String LIKES = "/v1/authors/{authorId}/likes";
    static final String LIKES_OF_AUTHORS = "/v1/likes";

    private OpenApiCases() {}

    /** Returns path, status and media type of each response in the document. */
    static Stream<String> answers() {
        return names(PATHS)
                .flatMap(path -> names(PATHS.at(path, "get", "responses")).flatMap(status -> {
                    Contract content = PATHS.at(path, "get", "responses", status, "content");
                    return content.exists()
                            ? names(content).map(type -> path + ' ' + status + ' ' + type)
                            : Stream.of(path + ' ' + status);
                }));
    }

    /** Returns each query parameter with values above and below its limits, and of another type. */
    static Stream<String> outOfBounds() {
        return parameters((name, schema) -> switch (schema.path("type").stringValue()) {
            case "integer" ->
                Stream.of(
                                schema.path("minimum").intValue() - 1,
                                schema.path("maximum").intValue() + 1,
                                "x",
                                "",
                                "1.5")
                        .map(value -> name + '=' + value);
            case "array" ->
                Stream.of(
                        name + "=",
                        name + "=a%20b",
                        repeated(name, schema.path("maxItems").intValue() + 1));
            default -> Stream.of(name + "=", name + "=nonsense");
        });
    }

    /** Returns each query parameter with its maximum and its minimum. */
    static Stream<String> atBounds() {
        return parameters((name, schema) -> switch (schema.path("type").stringValue()) {
            case "integer" -> Stream.of("minimum", "maximum").map(bound -> name + '=' + schema.path(bound));
            case "array" ->
                Stream.of(name + "=p-1", repeated(name, schema.path("maxItems").intValue()));
            default ->
                name.equals("since")
                        ? Stream.of("since=1970-01-01T00:00:00Z", "since=9999-12-31T23:59:59.999999999%2B18:00")
                        : Stream.of(name + "=none0000-0-start", name + "=none0000-999999999-999999999999999999");
        });
    }

    private static Stream<String> names(Contract place) {
        return place.node().propertyNames().stream();
    }

    private static Stream<String> parameters(BiFunction<String, JsonNode, Stream<String>> queries) {
        Contract all = PATHS.at(LIKES, "get", "parameters");
        return IntStream.range(0, all.node().size())
                .mapToObj(i -> all.at(String.valueOf(i)))
                .filter(parameter -> parameter.at("in").node().stringValue().equals("query"))
                .flatMap(parameter -> queries.apply(
                        parameter.at("name").node().stringValue(),
                        parameter.at("schema").node()));
    }

    private static String repeated(String name, int times) {
        return String.join("&", Collections.nCopies(times, name + "=p-1"));
    }
}
