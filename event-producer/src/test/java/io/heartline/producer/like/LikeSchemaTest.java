package io.heartline.producer.like;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Contract;
import io.heartline.producer.OpenApiCases;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compares the served schema of a like, and the schemas in {@code event-producer.yaml}, with what the code accepts. */
class LikeSchemaTest {

    private static final Contract SERVED = Contract.of("like.schema.json");
    private static final String LIKE_WITH_ID = "{'postId':'p-1','authorId':'alice','likerId':'bob','id':ID}";
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
        assertAcceptsWhatTheParserAccepts(OpenApiCases.SCHEMAS.at("Like"), text);
        assertAcceptsWhatTheParserAccepts(SERVED, text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'k'", "'!~'", "null", "''", "'a b'", "'\u00e4'", "'\u007f'", "7", "{}"})
    void servedSchema_acceptsTheIdsThatTheParserAccepts(String id) {
        assertAcceptsWhatTheParserAccepts(SERVED, LIKE_WITH_ID.replace("ID", id));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 128, 129, 255, 256})
    void servedSchema_hasTheLengthLimitsOfTheParser(int length) {
        String text = "x".repeat(length);

        assertAcceptsWhatTheParserAccepts(SERVED, LIKE_WITH_ID.replace("ID", '\'' + text + '\''));
        assertAcceptsWhatTheParserAccepts(
                SERVED, LIKE_WITH_ID.replace("ID", "'k'").replace("bob", text));
    }

    private static void assertAcceptsWhatTheParserAccepts(Contract schema, String text) {
        byte[] json = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        LikeParser parser = new LikeParser(
                InstantSource.fixed(Instant.parse("2026-11-24T10:00:00Z")), Duration.ofDays(90), Duration.ofMinutes(5));

        assertThat(matches(schema, JsonMapper.shared().readTree(json)))
                .as(text)
                .isEqualTo(isAccepted(() -> parser.parse(json, 0, json.length, false)));
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
}
