package io.heartline.producer;

import io.heartline.events.Contract;
import java.util.List;
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

    private static final List<String> METHODS = List.of("get", "post", "put", "delete");

    private static final Pattern SETTING = Pattern.compile("(?m)^\\| `([a-z.-]+)` \\| (\\S+) \\|");

    private OpenApiCases() {}

    /**
     * Returns the operations.
     *
     * @return the operations in the order of the document
     */
    public static Stream<Contract> operations() {
        return operationNames().map(OpenApiCases::operation);
    }

    /** Returns the path of each operation, with {@code #} and the method if the path has several operations. */
    private static Stream<String> operationNames() {
        return names(FILE.at("paths")).flatMap(path -> {
            List<String> methods = METHODS.stream()
                    .filter(method -> FILE.at("paths", path).node().has(method))
                    .toList();
            return methods.size() == 1 ? Stream.of(path) : methods.stream().map(method -> path + '#' + method);
        });
    }

    /**
     * Returns an operation.
     *
     * @param name a path of the document, with {@code #} and the method if the path has several operations
     * @return the operation
     */
    public static Contract operation(String name) {
        String[] parts = name.split("#", 2);
        Contract path = FILE.at("paths", parts[0]);
        return METHODS.stream()
                .filter(method -> parts.length == 1 ? path.node().has(method) : parts[1].equals(method))
                .findFirst()
                .map(path::at)
                .orElseThrow();
    }

    /**
     * Returns the operation, status and media type of each answer.
     *
     * @return the three values, with a space between two
     */
    public static Stream<String> answers() {
        return operationNames().flatMap(name -> names(operation(name).at("responses"))
                .flatMap(status -> names(operation(name).at("responses", status, "content"))
                        .map(type -> name + ' ' + status + ' ' + type)));
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
