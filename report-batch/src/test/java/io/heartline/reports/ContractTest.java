package io.heartline.reports;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Contract;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code report-batch.yaml} is consistent: references resolve, and examples match their schemas. */
class ContractTest {

    private static final Contract HTTP = Contract.of("report-batch.yaml");

    /** An example value of the document, and the schema that it must match. */
    private record Example(Contract schema, JsonNode value) {}

    @Test
    void everyReference_resolves() {
        List<Contract> references =
                HTTP.all().filter(place -> place.node().has("$ref")).toList();

        assertThat(references).hasSizeGreaterThan(50).allSatisfy(place -> assertThat(
                        place.referredTo().exists())
                .as(place + " to " + place.referredTo())
                .isTrue());
    }

    @Test
    void everySchema_isValid_andEveryExampleMatches() {
        List<Example> examples = HTTP.all().flatMap(ContractTest::examples).toList();

        assertThat(examples).hasSizeGreaterThan(20).allSatisfy(example -> {
            assertThat(example.schema().isSchema())
                    .as(example.schema().toString())
                    .isTrue();
            assertThat(example.schema().violations(example.value()))
                    .as(example.toString())
                    .isEmpty();
        });
    }

    @Test
    void everyResponse_hasAnExample() {
        List<Contract> bodies = HTTP.all()
                .filter(place -> place.pointer().matches(".*/content/[^/]+"))
                .toList();

        assertThat(bodies).hasSizeGreaterThan(15).allSatisfy(place -> assertThat(
                        place.at("examples").exists())
                .as(place.toString())
                .isTrue());
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
}
