package io.heartline.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Compares the schemas in this module's jar with {@code docs/api}, and with the events that the code writes and reads. */
class SchemasTest {

    private static final Contract LIKE = Contract.of("like.schema.json");
    private static final Contract EVENT = Contract.of("like-event.schema.json");
    private static final List<String> ANNOTATIONS =
            List.of("$schema", "$id", "$defs", "title", "description", "examples");
    private static final String IDS = "\"postId\":\"p-1\",\"authorId\":\"alice\",\"likerId\":\"bob\"";

    @Test
    void schemas_areValid_andHaveAnAbsoluteId() {
        Map<Contract, String> ids = Map.of(LIKE, "urn:heartline:schema:like", EVENT, "urn:heartline:schema:like-event");
        ids.forEach((schema, id) -> {
            assertThat(schema.isSchema()).isTrue();
            assertThat(schema.node().path("$id").stringValue()).isEqualTo(id);
            assertThat(URI.create(id).isAbsolute()).isTrue();
        });
    }

    @Test
    void like_isThatOfTheOpenApiDocument() {
        assertThat(rules(LIKE))
                .isEqualTo(rules(Contract.of("event-producer.yaml").at("components", "schemas", "Like")));
    }

    @Test
    void event_isThatOfTheDocs() {
        assertThat(rules(EVENT)).isEqualTo(rules(Contract.of("like-event.yaml").at("$defs", "event")));
    }

    @Test
    void examples_areValid() {
        for (Contract schema : List.of(LIKE, EVENT)) {
            assertThat(schema.node().path("examples")).isNotEmpty();
            for (JsonNode example : schema.node().path("examples")) {
                assertThat(schema.violations(example)).as(example.toString()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"liked", "unliked"})
    void approvedEvent_isValid(String name) throws IOException {
        try (InputStream file = SchemasTest.class.getResourceAsStream("/approved/" + name + ".json")) {
            assertThat(EVENT.violations(JsonMapper.shared().readTree(file.readAllBytes())))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'id':'e','type':'liked',IDS,'at':'2026-11-24T10:00:00Z'}",
                "{'id':'e','type':'unliked',IDS,'at':'2026-11-24T12:00:00.123+02:00','via':{'app':[1]}}",
                "{'type':'liked',IDS,'at':'2026-11-24T10:00:00Z'}",
                "{'id':'e',IDS,'at':'2026-11-24T10:00:00Z'}",
                "{'id':'e','type':'viewed',IDS,'at':'2026-11-24T10:00:00Z'}",
                "{'id':'e','type':null,IDS,'at':'2026-11-24T10:00:00Z'}",
                "{'id':'e','type':'liked',IDS}",
                "{'id':'e','type':'liked',IDS,'at':'yesterday'}",
                "{'id':'e f','type':'liked',IDS,'at':'2026-11-24T10:00:00Z'}",
                "{'id':7,'type':'liked',IDS,'at':'2026-11-24T10:00:00Z'}",
                "{'id':'e','type':'liked','postId':'p','authorId':'alice','at':'2026-11-24T10:00:00Z'}",
                "[]",
            })
    void event_acceptsWhatTheCodeReads(String text) {
        byte[] json = text.replace("IDS", IDS).replace('\'', '"').getBytes(StandardCharsets.UTF_8);

        assertThat(EVENT.violations(JsonMapper.shared().readTree(json)).isEmpty())
                .isEqualTo(isRead(json));
    }

    private static boolean isRead(byte[] json) {
        try {
            LikeEventJson.decode("alice".getBytes(StandardCharsets.UTF_8), json);
            return true;
        } catch (NotALikeEventException e) {
            return false;
        }
    }

    /** Returns a schema without annotations. References, and an {@code allOf} of one schema, are replaced by what they refer to. */
    private static JsonNode rules(Contract schema) {
        JsonNode node = schema.node();
        if (node instanceof ArrayNode) {
            return node;
        }
        if (node.has("$ref")) {
            return rules(schema.referredTo());
        }
        if (node.path("allOf").size() == 1) {
            return rules(schema.at("allOf", "0"));
        }
        ObjectNode rules = JsonMapper.shared().createObjectNode();
        for (String name : node.propertyNames()) {
            if (name.equals("properties")) {
                ObjectNode properties = rules.putObject(name);
                node.path(name)
                        .propertyNames()
                        .forEach(property -> properties.set(property, rules(property(schema, property))));
            } else if (!ANNOTATIONS.contains(name)) {
                rules.set(name, node.path(name));
            }
        }
        return rules;
    }

    private static Contract property(Contract schema, String name) {
        return schema.at("properties", name);
    }
}
