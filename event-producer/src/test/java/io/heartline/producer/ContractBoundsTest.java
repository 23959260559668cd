package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Contract;
import io.heartline.producer.like.IdempotencyKey;
import io.heartline.producer.like.LikeParser;
import io.heartline.producer.like.RefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What may be sent, and how much of it, is what {@code event-producer.yaml} says. */
class ContractBoundsTest {

    private static final String PREFIX = "heartline.producer.";
    private static final Contract EVENTS = Contract.of("like-event.yaml").at("$defs");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'postId':'p-1','authorId':'alice','likerId':'bob'}",
                "{'postId':'p-1','authorId':'alice','likerId':'bob','type':'unliked','at':'2026-11-24T11:00:00+01:00'}",
                "{'postId':'p-1','authorId':'alice','likerId':'bob','type':null,'at':null,'mood':{}}",
                "{'postId':'p-1','authorId':'alice','likerId':null}",
                "{'postId':'p-1','authorId':'alice'}",
                "{'postId':1,'authorId':'alice','likerId':'bob'}",
                "{'postId':'p-1','authorId':'a b','likerId':'bob'}",
                "{'postId':'p-1','authorId':'alice','likerId':'bob','type':'loved'}",
                "{'postId':'p-1','authorId':'alice','likerId':'bob','at':'yesterday'}",
                "{'postId':'p-1','authorId':'alice','likerId':'bob','at':'2026-11-24T10:00:00'}",
                "{'postId':'p-1','authorId':'alice','likerId':'bob','at':1}",
                "[]",
            })
    void likeSchema_acceptsWhatTheParserAccepts(String text) {
        byte[] json = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ProducerSettings defaults = bound(Map.of());
        LikeParser reader = new LikeParser(
                InstantSource.fixed(Instant.parse("2026-11-24T10:00:00Z")),
                defaults.maxEventAge(),
                defaults.maxEventLead());

        assertThat(matches(OpenApiCases.SCHEMAS.at("Like"), JsonMapper.shared().readTree(json)))
                .isEqualTo(isAccepted(() -> reader.parse(json, 0, json.length)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "\"a\"", "\"", "\"\"", "\"\"\"", "a\"", "", "a b", "ä", "\"a b\"", "!~"})
    void idempotencyKeySchema_acceptsWhatTheCodeAccepts(String start) {
        Contract schema = OpenApiCases.FILE.at("components", "parameters", "idempotencyKey", "schema");
        for (String key : List.of(start, start + "k".repeat(254), '"' + "k".repeat(254) + start + '"')) {
            HttpHeaders headers = new HttpHeaders();
            headers.add(IdempotencyKey.HEADER, key);

            assertThat(matches(schema, JsonMapper.shared().valueToTree(key)))
                    .as(key)
                    .isEqualTo(isAccepted(() -> IdempotencyKey.of(headers)));
        }
    }

    private static boolean matches(Contract schema, JsonNode value) {
        return schema.violations(value).isEmpty();
    }

    private static boolean isAccepted(Runnable attempt) {
        try {
            attempt.run();
            return true;
        } catch (RefusedException e) {
            return false;
        }
    }

    @Test
    void idAndPositionSchemas_areThoseOfTheEvent() {
        assertThat(OpenApiCases.SCHEMAS.at("Id").node())
                .isEqualTo(EVENTS.at("id").node());
        assertThat(OpenApiCases.SCHEMAS.at("Position").node())
                .isEqualTo(EVENTS.at("position").node());
    }

    @Test
    void callersSettings_areDocumentedWithTheirDefaults() throws IOException {
        Map<String, String> configured = new TreeMap<>(configured());

        assertThat(bound(configured)).isEqualTo(bound(Map.of()));
        configured.keySet().removeIf(key -> key.matches("source|topic-check-interval|topic\\..*"));
        assertThat(OpenApiCases.settings()).isEqualTo(configured);
    }

    /** What {@code event-producer.yml} sets, by the names below {@code heartline.producer}. */
    private static Map<String, String> configured() throws IOException {
        Map<String, String> configured = new TreeMap<>();
        for (PropertySource<?> file :
                new YamlPropertySourceLoader().load("settings", new ClassPathResource("event-producer.yml"))) {
            for (String name : ((EnumerablePropertySource<?>) file).getPropertyNames()) {
                if (name.startsWith(PREFIX)) {
                    configured.put(
                            name.substring(PREFIX.length()),
                            file.getProperty(name).toString());
                }
            }
        }
        return configured;
    }

    private static ProducerSettings bound(Map<String, String> settings) {
        Map<String, Object> named = new TreeMap<>();
        settings.forEach((name, value) -> named.put(PREFIX + name, value));
        Iterable<ConfigurationPropertySource> sources =
                ConfigurationPropertySources.from(new MapPropertySource("settings", named));
        return new Binder(sources).bindOrCreate("heartline.producer", ProducerSettings.class);
    }
}
