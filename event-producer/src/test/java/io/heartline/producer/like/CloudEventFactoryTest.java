package io.heartline.producer.like;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import io.heartline.producer.trace.RequestSpan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules for the attributes of a CloudEvent and for the like in it. Each {@code '} in a JSON text stands for a quote. */
class CloudEventFactoryTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00.123Z");
    private static final String IDS = "'postId':'p-1','authorId':'alice','likerId':'bob'";
    private static final String REQUIRED = "'specversion':'1.0','id':'a-1','source':'/app','type':'io.heartline.liked'";
    private static final String EVENT = "{" + REQUIRED + ",'data':{" + IDS + "}}";
    private static final Map<String, String> HEADERS =
            Map.of("specversion", "1.0", "id", "a-1", "source", "/app", "type", "io.heartline.liked");

    private final CloudEventFactory factory =
            new CloudEventFactory(new LikeParser(InstantSource.fixed(NOW), Duration.ofDays(90), Duration.ofMinutes(5)));

    @Test
    void minimalEvent_isALikeNow_withTheSameIdInEveryForm() {
        LikeEvent event = structured(EVENT);

        assertThat(event).isEqualTo(new Liked(event.id(), "p-1", "alice", "bob", NOW));
        assertThat(binary(HEADERS, "{" + IDS + "}")).isEqualTo(event);
        assertThat(structured(base64("{" + IDS + "}"))).isEqualTo(event);
        for (long number : new long[] {1, 2}) {
            byte[] item = bytes(EVENT);
            assertThat(factory.ofBatchItem(request(false), number, item, 0, item.length))
                    .isEqualTo(event);
        }
    }

    @Test
    void typeAndTime_areThoseOfTheCloudEvent() {
        LikeEvent event = structured("{'time':'2026-11-01T01:00:00+01:00','type':'io.heartline.unliked',"
                + "'specversion':'1.0','id':'a-1','source':'/app','data':{" + IDS + "}}");

        assertThat(event)
                .isEqualTo(new Unliked(event.id(), "p-1", "alice", "bob", Instant.parse("2026-11-01T00:00:00Z")));
        assertThat(binary(with("time", "2026-11-01T00:00:00Z", "type", "io.heartline.unliked"), "{" + IDS + "}"))
                .isEqualTo(event);
    }

    @Test
    void withoutTime_atInTheDataCounts() {
        LikeEvent event = structured(data("{" + IDS + ",'at':'2026-11-01T00:00:00Z'}"));

        assertThat(event.at()).isEqualTo(Instant.parse("2026-11-01T00:00:00Z"));
        assertThat(structured(event("'time':'2026-11-01T00:00:00Z'"))).isEqualTo(event);
        assertThat(errors(data("{" + IDS + ",'at':'yesterday'}"))).containsExactly("/data/at");
        assertThat(binaryErrors(HEADERS, "{" + IDS + ",'at':'2099-01-01T00:00:00Z'}"))
                .containsExactly("/at");
    }

    @Test
    void dataThatRepeatsTheAttributes_isTheSameEvent() {
        LikeEvent event = structured(event("'time':'2026-11-24T10:00:00.123Z'"));

        assertThat(structured("{" + REQUIRED + ",'time':'2026-11-24T11:00:00.1239+01:00','data':{" + IDS
                        + ",'type':'liked','id':'a-1','at':'2026-11-24T10:00:00.1234Z'}}"))
                .isEqualTo(event);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "'at':'2026-11-24T10:00:00.124Z';at;must agree with the CloudEvent's time",
                "'at':'yesterday';at;must be an ISO-8601 instant",
                "'type':'unliked';type;must agree with the CloudEvent's type",
                "'type':'io.heartline.liked';type;must be liked or unliked",
                "'type':5;type;must be a string",
                "'id':'a-2';id;must agree with the CloudEvent's id",
                "'id':5;id;must be a string",
            })
    void dataThatDisagrees_isNamed(String field, String name, String detail) {
        String like = "{" + IDS + "," + field + "}";

        RefusedException structured =
                refusal("{" + REQUIRED + ",'time':'2026-11-24T10:00:00.123Z','data':" + like + "}");
        RefusedException binary = binaryRefusal(with("time", "2026-11-24T10:00:00.123Z"), like);

        assertThat(places(structured)).containsExactly("/data/" + name);
        assertThat(places(binary)).containsExactly("/" + name);
        assertThat(structured.errors().get(0).detail()).startsWith(detail);
        assertThat(binary.errors().get(0).detail()).startsWith(detail);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "specversion;0.3;must be 1.0",
                "specversion;1.0.1;must be 1.0",
                "id;;must not be empty",
                "source;;must be a URI reference",
                "source;a b;must be a URI reference",
                "source;/b\u00fccher;must be a URI reference",
                "source;/%zz;must be a URI reference",
                "source;http://[;must be a URI reference",
                "type;liked;must be io.heartline.liked or io.heartline.unliked",
                "type;IO.heartline.liked;must be io.heartline.liked or io.heartline.unliked",
                "time;;must be an ISO-8601 instant",
                "time;2026-11-24 10:00:00Z;must be an ISO-8601 instant",
                "time;2026-11-24T10:05:00.124Z;must not lie more than 5 minutes ahead",
                "time;2026-08-26T10:00:00.122Z;must not lie more than 90 days back",
            })
    void invalidAttribute_isNamed(String name, String given, String detail) {
        String value = given == null ? "" : given;
        RefusedException structured = refusal(replaced(name, "'" + value + "'"));
        RefusedException binary = binaryRefusal(with(name, value), "{" + IDS + "}");

        assertThat(places(structured)).containsExactly("/" + name);
        assertThat(places(binary)).containsExactly("ce-" + name);
        assertThat(structured.errors().get(0).detail()).startsWith(detail);
        assertThat(binary.errors().get(0).detail()).startsWith(detail);
        assertThat(binary.type()).isEqualTo(ProblemType.INVALID_LIKE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\\u0000",
                "\\u001f",
                "a\\u007f",
                "\\u0085",
                "\\ud800",
                "a\\udead\\ud800",
            })
    void idWithADisallowedCharacter_isRefused(String id) {
        assertThat(errors(replaced("id", "'" + id + "'"))).containsExactly("/id");
    }

    @Test
    void idOfAnyOtherText_andSourceOfAnyUriReference_areAccepted() {
        for (String id :
                List.of(" ", "\u00e4", "\\ud83d\\ude00", "k".repeat(1_000), "%41", "\u00a0", "{}", "\\ufffe")) {
            assertThat(structured(replaced("id", "'" + id + "'"))).isInstanceOf(Liked.class);
        }
        for (String source :
                List.of("a", "/", "#f", "?q=1", "urn:uuid:6e8bc430", "https://a.example/b%20c", "mailto:a@b")) {
            assertThat(structured(replaced("source", "'" + source + "'"))).isInstanceOf(Liked.class);
        }
        assertThat(structured("{" + REQUIRED.replace("a-1", "a b") + ",'data':{" + IDS + ",'id':'a b'}}"))
                .as("an id that no idempotency key could be")
                .isInstanceOf(Liked.class);
    }

    @Test
    void missingAttributesAndFields_areAllNamed() {
        assertThat(errors("{'data':{}}"))
                .containsExactlyInAnyOrder(
                        "/specversion", "/id", "/source", "/type", "/data/postId", "/data/authorId", "/data/likerId");
        assertThat(binaryErrors(Map.of("time", "y"), "{'postId':'p-1','authorId':''}"))
                .containsExactlyInAnyOrder(
                        "ce-specversion", "ce-id", "ce-source", "ce-type", "ce-time", "/authorId", "/likerId");
        assertThat(binaryErrors(Map.of(), "{"))
                .containsExactlyInAnyOrder("ce-specversion", "ce-id", "ce-source", "ce-type", "");
        assertThat(errors("{'id':null,'source':5}"))
                .containsExactlyInAnyOrder("/specversion", "/id", "/source", "/type", "/data");
    }

    @Test
    void memberGivenTwice_isRefused() {
        for (String name : List.of("specversion", "id", "source", "type", "time", "datacontenttype", "data_base64")) {
            String twice = "'" + name + "':null,'" + name + "':null";
            String event = EVENT.replaceFirst("'" + name + "':'[^']*',?", "");
            assertThat(errors(event.replaceFirst("\\{", "{" + twice + ",")))
                    .as(name)
                    .contains("/" + name);
        }
        assertThat(errors("{" + REQUIRED + ",'data':{" + IDS + "},'data':{" + IDS + "}}"))
                .containsExactly("/data");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "'data':null;/data;is missing",
                "'subject':'p-1';/data;is missing",
                "'data':'{}';/data;must be a JSON object",
                "'data':[];/data;must be a JSON object",
                "'data':{},'data_base64':'e30=';/data_base64;must not be given with data",
                "'data_base64':'e30=','data':{};/data_base64;must not be given with data",
                "'data_base64':5;/data_base64;must be a string",
                "'data_base64':'e3_=';/data_base64;must be Base64",
                "'data_base64':'';/data_base64;is empty",
                "'data_base64':'e30y';/data_base64;something follows the JSON object",
                "'data_base64':'W10=';/data_base64;must be a JSON object",
                "'data_base64':'ew==';/data_base64;malformed JSON",
            })
    void eventWithoutOneObjectAsData_isRefused(String members, String pointer, String detail) {
        List<FieldError> errors = refusal("{" + REQUIRED + "," + members + "}").errors();

        assertThat(errors.get(0).pointer()).isEqualTo(pointer);
        assertThat(errors.get(0).detail()).startsWith(detail);
        if (!members.contains("'data':{}")) {
            assertThat(errors).hasSize(1);
        }
    }

    @Test
    void nullBesideTheOtherForm_isMissing() {
        assertThat(structured(EVENT.replace("'data'", "'data_base64':null,'data'")))
                .isInstanceOf(Liked.class);
        assertThat(structured(base64("{" + IDS + "}").replace("'data_base64'", "'data':null,'data_base64'")))
                .isInstanceOf(Liked.class);
    }

    @Test
    void fieldsInBase64_areNamedAsInData() {
        assertThat(errors(base64("{'postId':'p-1','authorId':'alice'}"))).containsExactly("/data/likerId");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/json", "Application/JSON; charset=utf-8", "application/vnd.like+json", "text/json"})
    void dataOfAJsonType_isAccepted(String type) {
        assertThat(structured(event("'datacontenttype':'" + type + "'"))).isInstanceOf(Liked.class);
        assertThat(structured(base64("{" + IDS + "}").replace("{'spec", "{'datacontenttype':'" + type + "','spec")))
                .isInstanceOf(Liked.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/xml", "text/plain", "application/jsonl", "json", "", "*/json", "application/*+json"
            })
    void dataOfAnotherType_isRefused(String type) {
        assertThat(errors(event("'datacontenttype':'" + type + "'"))).containsExactly("/datacontenttype");
    }

    @Test
    void strict_refusesUnknownFieldsInTheData_butNoExtensions() {
        String extended = event("'subject':'p-1','partitionkey':'alice','count':5,'on':true,'mood':{'data':{}}");
        byte[] unknown = bytes(data("{" + IDS + ",'typ':1}"));
        RefusedException refusal = catchThrowableOfType(
                RefusedException.class, () -> factory.ofStructured(request(true), unknown, 0, unknown.length));

        assertThat(factory.ofStructured(request(true), bytes(extended), 0, bytes(extended).length))
                .isEqualTo(structured(EVENT));
        assertThat(places(refusal)).containsExactly("/data/typ");
        assertThat(structured(data("{" + IDS + ",'typ':1}"))).isEqualTo(structured(EVENT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{}{}", "'a'"})
    void bodyThatIsNoObject_errorPointsToTheWholeBody(String body) {
        assertThat(errors(body)).containsExactly("");
    }

    @Test
    void idempotencyKey_isRefusedInEveryForm() {
        IngestRequest request =
                new IngestRequest("app", new IdempotencyKey("k-1"), Preferences.NONE, RequestSpan.NOOP, null);
        byte[] event = bytes(EVENT);
        byte[] like = bytes("{" + IDS + "}");
        for (Runnable form : List.<Runnable>of(
                () -> factory.ofStructured(request, event, 0, event.length),
                () -> factory.ofBatchItem(request, 1, event, 0, event.length),
                () -> factory.ofBinary(HEADERS, List.of(), request, like, 0, like.length))) {
            RefusedException refusal = catchThrowableOfType(RefusedException.class, form::run);

            assertThat(refusal.type()).isEqualTo(ProblemType.INVALID_HEADER);
            assertThat(refusal)
                    .hasMessage("Idempotency-Key must not be given with a CloudEvent, which source and id identify.");
            assertThat(places(refusal)).containsExactly("Idempotency-Key");
        }
    }

    private LikeEvent structured(String event) {
        byte[] body = bytes(event);
        return factory.ofStructured(request(false), body, 0, body.length);
    }

    private RefusedException refusal(String event) {
        RefusedException refusal = catchThrowableOfType(RefusedException.class, () -> structured(event));
        assertThat(refusal).as(event).isNotNull();
        return refusal;
    }

    private List<String> errors(String event) {
        return places(refusal(event));
    }

    private LikeEvent binary(Map<String, String> attributes, String like) {
        byte[] body = bytes(like);
        return factory.ofBinary(attributes, List.of(), request(false), body, 0, body.length);
    }

    private RefusedException binaryRefusal(Map<String, String> attributes, String like) {
        return catchThrowableOfType(RefusedException.class, () -> binary(attributes, like));
    }

    private List<String> binaryErrors(Map<String, String> attributes, String like) {
        return places(binaryRefusal(attributes, like));
    }

    /** Returns the pointer or the header of each error. */
    private static List<String> places(RefusedException refusal) {
        return refusal.errors().stream()
                .map(error -> error.pointer() == null ? error.header() : error.pointer())
                .toList();
    }

    private static IngestRequest request(boolean isStrict) {
        return new IngestRequest("app", null, new Preferences(false, isStrict), RequestSpan.NOOP, null);
    }

    private static String event(String more) {
        return EVENT.replaceFirst("\\{", "{" + more + ",");
    }

    private static String data(String like) {
        return "{" + REQUIRED + ",'data':" + like + "}";
    }

    private static String base64(String like) {
        return "{" + REQUIRED + ",'data_base64':'" + Base64.getEncoder().encodeToString(bytes(like)) + "'}";
    }

    /** Returns the event with another value of an attribute. */
    private static String replaced(String name, String json) {
        return "{'" + name + "':" + json + "," + EVENT.substring(1).replaceFirst("'" + name + "':'[^']*',", "");
    }

    private static Map<String, String> with(String... namesAndValues) {
        Map<String, String> attributes = new HashMap<>(HEADERS);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            attributes.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return attributes;
    }

    private static byte[] bytes(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
