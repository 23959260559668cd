package io.heartline.producer;

import io.heartline.events.Contract;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The operations and answers of {@code event-producer.yaml}, as cases for tests. */
public final class OpenApiCases {

    /** The whole document. */
    public static final Contract FILE = Contract.of("event-producer.yaml");

    /** The operation that appends likes. */
    public static final Contract POST_LIKES = FILE.at("paths", "/v1/likes", "post");
    /** The schemas of the document, by name. */
    public static final Contract SCHEMAS = FILE.at("components", "schemas");

    private static final Pattern SETTING = Pattern.compile("(?m)^\\| `([a-z.-]+)` \\| (\\S+) \\|");

    private OpenApiCases() {}

    /**
     * Returns the operations. Each path has one.
     *
     * @return the operations in the order of the document
     */
    public static Stream<Contract> operations() {
        return names(FILE.at("paths")).map(path -> FILE.at("paths", path)).flatMap(path -> Stream.of("get", "post")
                .filter(method -> path.node().has(method))
                .map(path::at));
    }

    /**
     * Returns the operation of a path.
     *
     * @param path a path of the document
     * @return its only operation
     */
    public static Contract operation(String path) {
        return operations()
                .filter(operation ->
                        operation.pointer().startsWith(FILE.at("paths", path).pointer() + '/'))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Returns the path, status and media type of each answer.
     *
     * @return the three values, with a space between two
     */
    public static Stream<String> answers() {
        return names(FILE.at("paths")).flatMap(path -> names(operation(path).at("responses"))
                .flatMap(status -> names(operation(path).at("responses", status, "content"))
                        .map(type -> path + ' ' + status + ' ' + type)));
    }

    /**
     * Returns the names of the members of an element.
     *
     * @param element an object of the document
     * @return names in the order of the document
     */
    public static Stream<String> names(Contract element) {
        return element.node().propertyNames().stream();
    }

    /**
     * Returns an example of a body.
     *
     * @param content the content of a request or answer for a media type
     * @param name name of the example
     * @return the body as text
     */
    public static String example(Contract content, String name) {
        return content.at("examples", name, "value").node().stringValue();
    }

    /** Returns the settings in the introduction, by their names below {@code heartline.producer}. */
    static Map<String, String> settings() {
        return SETTING.matcher(FILE.at("info", "description").node().stringValue())
                .results()
                .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
    }
}
