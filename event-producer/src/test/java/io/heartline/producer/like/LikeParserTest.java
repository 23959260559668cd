package io.heartline.producer.like;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LikeParserTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00.123Z");
    private static final String IDS = "\"postId\":\"p-1\",\"authorId\":\"alice\",\"likerId\":\"bob\"";

    private final LikeParser parser =
            new LikeParser(InstantSource.fixed(NOW), Duration.ofDays(90), Duration.ofMinutes(5));

    @Test
    void withoutTypeAndTime_isALikeNow() {
        ParsedLike like = parse("{" + IDS + "}");

        assertThat(like).isEqualTo(new ParsedLike(true, "p-1", "alice", "bob", NOW, null));
        assertThat(like.toEvent("e-1")).isEqualTo(new Liked("e-1", "p-1", "alice", "bob", NOW));
    }

    @Test
    void typeAndTime_areParsed_andUnknownFieldsAreIgnored() {
        ParsedLike like =
                parse("{" + IDS + ",\"type\":\"unliked\",\"at\":\"2026-11-01T00:00:00Z\",\"mood\":{\"a\":[1]}}");

        assertThat(like)
                .isEqualTo(new ParsedLike(false, "p-1", "alice", "bob", Instant.parse("2026-11-01T00:00:00Z"), null));
        assertThat(like.toEvent("e-1")).isInstanceOf(Unliked.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "'authorId':'alice','likerId':'bob';/postId;is missing",
                "'postId':null,'authorId':'alice','likerId':'bob';/postId;is missing",
                "'postId':5,'authorId':'alice','likerId':'bob';/postId;must be a string",
                "'postId':'p','authorId':'a/b','likerId':'bob';/authorId;must be 1 to 128 characters",
                "'postId':'p','authorId':'..','likerId':'bob';/authorId;must be 1 to 128 characters",
                "'postId':'p','authorId':'alice','likerId':'';/likerId;must be 1 to 128 characters",
                "'postId':'p','authorId':'alice','likerId':'b','type':'loved';/type;must be liked or unliked",
                "'postId':'p','authorId':'alice','likerId':'b','type':true;/type;must be a string",
                "'postId':'p','authorId':'alice','likerId':'b','at':'yesterday';/at;must be an ISO-8601 instant",
                "'postId':'p','authorId':'alice','likerId':'b','at':1763978400;/at;must be a string",
                "'postId':'p','authorId':'alice','likerId':'b','at':'2099-01-01T00:00:00Z';/at;must not lie more than 5 minutes ahead",
                "'postId':'p','authorId':'alice','likerId':'b','at':'2026-11-24T10:05:00.124Z';/at;must not lie more than 5 minutes ahead",
                "'postId':'p','authorId':'alice','likerId':'b','at':'2026-08-26T10:00:00.122Z';/at;must not lie more than 90 days back",
            })
    void invalidField_isNamed(String fields, String pointer, String detail) {
        FieldError[] errors = errors("{" + fields.replace('\'', '"') + "}");

        assertThat(errors).hasSize(1);
        assertThat(errors[0].pointer()).isEqualTo(pointer);
        assertThat(errors[0].detail()).startsWith(detail);
    }

    @Test
    void severalInvalidFields_areAllNamed() {
        assertThat(errors("{\"postId\":\"a b\",\"type\":\"x\",\"at\":\"y\"}"))
                .extracting(FieldError::pointer)
                .containsExactly("/postId", "/authorId", "/likerId", "/type", "/at");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "\"alice\"", "{}{}", "{\"postId\":\"\u0001\"}"})
    void notAJsonObject_errorPointsToTheWholeBody(String body) {
        FieldError[] errors = errors(body);

        assertThat(errors).extracting(FieldError::pointer).containsExactly("");
    }

    @Test
    void deepNesting_isRefused_alsoInAnIgnoredField() {
        for (String nested :
                new String[] {"[".repeat(7_000) + "]".repeat(7_000), "{\"a\":".repeat(2_000) + "1" + "}".repeat(2_000)
                }) {
            FieldError[] errors = errors("{" + IDS + ",\"mood\":" + nested + "}");

            assertThat(errors).extracting(FieldError::pointer).containsExactly("");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"$gt\":\"\"}", "[\"alice\"]", "\"$where\"", "\"a\\r\\nb\"", "\"\\u001b[31m\"", "\"\\u202e\""})
    void idWithQueryOperatorOrControlCharacter_isRefused(String id) {
        FieldError[] errors = errors("{\"postId\":\"p\",\"likerId\":\"bob\",\"authorId\":" + id + "}");

        assertThat(errors).extracting(FieldError::pointer).containsExactly("/authorId");
    }

    @Test
    void duplicateField_isRefused() {
        for (String twice : new String[] {"\"type\":\"liked\",\"type\":\"liked\"", "\"at\":null,\"at\":null"}) {
            FieldError[] errors = errors("{" + IDS + "," + twice + "}");

            assertThat(errors).hasSize(1);
            assertThat(errors[0].detail()).isEqualTo("is given more than once");
        }
    }

    @Test
    void otherEncodingThanUtf8_isRefused() {
        for (Charset other : new Charset[] {
            StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16, Charset.forName("UTF-32")
        }) {
            byte[] body = ("{" + IDS + "}").getBytes(other);

            RefusedException e =
                    catchThrowableOfType(RefusedException.class, () -> parser.parse(body, 0, body.length, false));

            assertThat(e.errors()).extracting(FieldError::pointer).containsExactly("");
        }
    }

    @Test
    void likeWithinAnArray_onlyItsBytesAreParsed() {
        byte[] like = ("{" + IDS + "}").getBytes(StandardCharsets.UTF_8);
        byte[] surrounded = ("}x" + "{" + IDS + "}" + "{\"").getBytes(StandardCharsets.UTF_8);

        assertThat(parser.parse(surrounded, 2, like.length, false)).isEqualTo(parse("{" + IDS + "}"));
    }

    @Test
    void timeWindow_boundsAreInclusive() {
        assertThat(parse("{" + IDS + ",\"at\":\"2026-11-24T10:05:00.123Z\"}").at())
                .isEqualTo(NOW.plusSeconds(300));
        assertThat(parse("{" + IDS + ",\"at\":\"2026-08-26T10:00:00.123Z\"}").at())
                .isEqualTo(NOW.minus(Duration.ofDays(90)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-24T10:00:00Z",
                "2026-11-24t10:00:00.123456789z",
                "2026-11-25T04:00:00+18:00",
                "2026-11-23T16:00:00-18:00",
            })
    void rfc3339Time_isAccepted(String at) {
        assertThat(parse("{" + IDS + ",\"at\":\"" + at + "\"}").at())
                .isBetween(NOW.minusSeconds(1), NOW.plusSeconds(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-23T11:09:00-22:51",
                "2026-11-24T24:00:00Z",
                "2026-11-23T24:00:00.000Z",
                "2026-11-23T23:59:60Z",
                "2026-11-24T10:00:00+01",
                "2026-11-24T10:00:00+0100",
                "2026-11-24T10:00:00+01:00:00",
                "2026-11-24T10:00:00.Z",
                "2026-11-24 10:00:00Z",
                "2026-11-24T10:00:00",
            })
    void otherTimeFormat_isRefused(String at) {
        assertThat(errors("{" + IDS + ",\"at\":\"" + at + "\"}"))
                .extracting(FieldError::pointer)
                .containsExactly("/at");
    }

    @Test
    void id_isTheKey_andBoundsOfItsLengthAreInclusive() {
        for (String id : new String[] {"a", "~".repeat(255)}) {
            assertThat(parse("{" + IDS + ",\"id\":\"" + id + "\"}").key()).isEqualTo(new IdempotencyKey(id));
        }
        assertThat(parse("{" + IDS + ",\"id\":null}").key()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "\"a b\"", "\"\u00e4\"", "5", "LONG"})
    void malformedId_isNamed(String id) {
        String json = id.equals("LONG") ? '"' + "k".repeat(256) + '"' : id;

        assertThat(errors("{" + IDS + ",\"id\":" + json + "}"))
                .extracting(FieldError::pointer)
                .containsExactly("/id");
    }

    @Test
    void unknownFields_areErrorsIfStrict_andNamedAsJsonPointers() {
        assertThat(errors("{" + IDS + ",\"typ\":\"unliked\",\"a/b~c\":{\"type\":1},\"typ\":null}", true))
                .containsExactly(
                        new FieldError("/typ", null, null, "is unknown"),
                        new FieldError("/a~1b~0c", null, null, "is unknown"));
        assertThat(parse("{" + IDS + ",\"id\":\"k-1\",\"type\":\"liked\",\"at\":null}", true)
                        .key())
                .isEqualTo(new IdempotencyKey("k-1"));
    }

    @Test
    void manyUnknownFieldsOfAnyLength_refusalStaysSmall() {
        StringBuilder body = new StringBuilder("{" + IDS + ",\"" + "y".repeat(129) + "\":1");
        for (int i = 0; i < 1_000; i++) {
            body.append(",\"").append("x".repeat(120)).append(i).append("\":1");
        }

        FieldError[] errors = errors(body + "}", true);

        assertThat(errors).hasSize(10);
        assertThat(errors[0].pointer()).isEmpty();
        assertThat(errors[1].pointer()).isEqualTo("/" + "x".repeat(120) + "0");
    }

    private ParsedLike parse(String body) {
        return parse(body, false);
    }

    private ParsedLike parse(String body, boolean isStrict) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return parser.parse(bytes, 0, bytes.length, isStrict);
    }

    private FieldError[] errors(String body) {
        return errors(body, false);
    }

    private FieldError[] errors(String body, boolean isStrict) {
        RefusedException e = catchThrowableOfType(RefusedException.class, () -> parse(body, isStrict));
        assertThat(e).as(body).isNotNull();
        assertThat(e.type()).isEqualTo(ProblemType.INVALID_LIKE);
        return e.errors().toArray(FieldError[]::new);
    }
}
