package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import io.heartline.producer.OpenApiCases;
import io.heartline.producer.like.EventIds;
import io.heartline.producer.like.FieldError;
import io.heartline.producer.like.RefusedException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class InFlightLineTest {

    @Test
    void everyResult_isAResultLineOfTheOpenApiFile() {
        InFlightLine accepted = new InFlightLine(1, 100, new EventIds().newId());
        accepted.settle(new Position("k3f9x2ab", 3, 1042), null);
        InFlightLine unknown = new InFlightLine(3, 100, new EventIds().newId());
        unknown.settle(null, new IllegalStateException("an error of Kafka's client"));

        assertThat(Stream.of(
                        accepted,
                        InFlightLine.refused(
                                2, RefusedException.invalid(List.of(FieldError.ofField("at", "is missing"))), false),
                        unknown,
                        InFlightLine.refused(4, RefusedException.tooLarge(), false)))
                .allSatisfy(line -> assertThat(violations(resultOf(line)))
                        .as(resultOf(line))
                        .isEmpty());
    }

    private static String resultOf(InFlightLine line) {
        StringBuilder out = new StringBuilder();
        line.writeResult(out);
        return out.toString();
    }

    private static List<String> violations(String json) {
        return OpenApiCases.SCHEMAS
                .at("ResultLine")
                .violations(JsonMapper.shared().readTree(json));
    }
}
