package io.heartline.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A place in the documents of {@code docs/api}, or in the schemas of this module, with which the tests of every service compare its
 * real answers.
 *
 * @param file the name of the file in that folder, or of a schema, which ends with {@code .schema.json}
 * @param pointer an RFC 6901 JSON pointer into the file; empty for the whole document
 */
public record Contract(String file, String pointer) {

    private static final Path FOLDER = Path.of("..", "docs", "api");
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Map<String, JsonNode> FILES = new ConcurrentHashMap<>();
    private static final String IRI = "contract:/"; // a made-up scheme, so that nothing is fetched from a network
    private static final SchemaRegistry SCHEMAS =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12, registry -> registry.schemas(
                            (String iri) -> iri.startsWith(IRI) ? text(iri.substring(IRI.length())) : null)
                    .schemaRegistryConfig(SchemaRegistryConfig.builder()
                            .formatAssertionsEnabled(true)
                            .build()));

    /**
     * Returns a whole document.
     *
     * @param file the name of the file
     * @return the document
     */
    public static Contract of(String file) {
        return new Contract(file, "");
    }

    /**
     * Returns the content of this place.
     *
     * @return a missing node if the place does not exist
     */
    public JsonNode node() {
        return FILES.computeIfAbsent(file, name -> YAML.readTree(text(name))).at(JsonPointer.compile(pointer));
    }

    /**
     * Returns a place below this one. References on the way are followed.
     *
     * @param steps names of members, or indexes of elements
     * @return the place, which need not exist
     */
    public Contract at(String... steps) {
        Contract current = this;
        for (String step : steps) {
            current = current.into(step);
            while (current.node().has("$ref")) {
                current = current.referredTo();
            }
        }
        return current;
    }

    private Contract into(String step) {
        return new Contract(file, pointer + '/' + step.replace("~", "~0").replace("/", "~1"));
    }

    /**
     * Returns the place to which this node refers.
     *
     * @return the place, which need not exist
     */
    public Contract referredTo() {
        String[] reference = node().path("$ref").stringValue().split("#", 2);
        return new Contract(reference[0].isEmpty() ? file : reference[0], reference.length == 1 ? "" : reference[1]);
    }

    private static String text(String file) {
        try {
            if (!file.endsWith(".schema.json")) {
                return Files.readString(FOLDER.resolve(file));
            }
            try (InputStream schema = Contract.class.getResourceAsStream("/schemas/" + file)) {
                return new String(schema.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns whether the document has this place.
     *
     * @return false if its node is missing
     */
    public boolean exists() {
        return !node().isMissingNode();
    }

    /**
     * Returns this node and all nodes below it. References are not followed.
     *
     * @return the nodes, each before the nodes below it
     */
    public Stream<Contract> all() {
        JsonNode node = node();
        Stream<String> names = node.isArray()
                ? Stream.iterate(0, i -> i + 1).limit(node.size()).map(String::valueOf)
                : node.propertyNames().stream();
        return Stream.concat(Stream.of(this), names.flatMap(name -> into(name).all()));
    }

    /**
     * Returns the paths of this OpenAPI document.
     *
     * @return paths with {@code x} for each parameter
     */
    public List<String> paths() {
        return at("paths").node().propertyNames().stream()
                .map(path -> path.replaceAll("\\{\\w+}", "x"))
                .toList();
    }

    /**
     * Validates a value against the schema at this place.
     *
     * @param value the value
     * @return the violations; empty if the value is valid
     */
    public List<String> violations(JsonNode value) {
        return SCHEMAS.getSchema(SchemaLocation.of(IRI + this)).validate(value).stream()
                .map(Error::toString)
                .toList();
    }

    /**
     * Asserts that this operation of OpenAPI documents an answer.
     *
     * @param status the status of the answer
     * @param headers returns the first value of a header, or null if the answer does not have it
     * @param mediaType the media type of the answer without parameters; empty if there is none
     * @param body the body of the answer; empty if there is none
     */
    public void assertDescribes(int status, UnaryOperator<String> headers, String mediaType, byte[] body) {
        Contract response = at("responses", String.valueOf(status));
        assertThat(response.exists()).as(status + " in " + this).isTrue();
        for (String name : response.at("headers").node().propertyNames()) {
            response.at("headers", name).assertDescribesHeader(name, headers.apply(name));
        }
        if (!response.at("content").exists()) {
            assertThat(body).isEmpty();
            return;
        }
        Contract content = response.at("content", mediaType);
        assertThat(content.exists()).as(mediaType + " in " + response).isTrue();
        boolean isJson = mediaType.endsWith("/json") || mediaType.endsWith("+json");
        JsonNode json = isJson ? JSON.readTree(body) : JSON.valueToTree(new String(body, StandardCharsets.UTF_8));
        assertThat(content.at("schema").violations(json)).as(json.toString()).isEmpty();
    }

    private void assertDescribesHeader(String name, String value) {
        Contract schema = at("schema");
        if (value == null) {
            assertThat(at("required").node().asBoolean(false))
                    .as(name + " may be missing")
                    .isFalse();
            return;
        }
        boolean isNumber = schema.node().path("type").asString("").equals("integer");
        JsonNode json = JSON.valueToTree(isNumber ? Long.valueOf(value) : value);
        assertThat(schema.violations(json)).as(name).isEmpty();
    }

    /**
     * Returns whether this place is a valid schema.
     *
     * @return false if it breaks the rules of JSON Schema
     */
    public boolean isSchema() {
        return SCHEMAS.getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()))
                .validate(node())
                .isEmpty();
    }

    @Override
    public String toString() {
        return file + '#' + pointer;
    }
}
