package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.http.impl.HttpMessageWriter;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.heartline.events.LikeEvent;
import io.heartline.events.Position;
import io.heartline.producer.LikeBodies;
import io.heartline.producer.LoggedLikes;
import io.heartline.producer.RunningProducer;
import io.heartline.quickstart.backends.Backends;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The CloudEvents SDK as a client, in each form. */
class CloudEventsIT {

    private static final String TOPIC = Backends.unique("likes");
    private static final LoggedLikes LOGGED = new LoggedLikes(Backends.bootstrapServers(), TOPIC);
    private static final String STRUCTURED = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json";

    private static RunningProducer producer;
    private static RunningProducer other;

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    @BeforeAll
    static void start() {
        producer = RunningProducer.on(TOPIC);
        other = RunningProducer.on(TOPIC);
    }

    @AfterAll
    static void stop() {
        producer.close();
        other.close();
    }

    @Test
    void retryInAnotherForm_onAnotherInstance_hasTheSameEventId() throws Exception {
        CloudEvent event = event("liked").build();
        List<JsonNode> answers = new ArrayList<>();
        for (RunningProducer instance : List.of(producer, other)) {
            answers.add(accepted(binary(instance, event)));
            answers.add(accepted(structured(instance, event, new JsonFormat())));
            answers.add(accepted(structured(instance, event, new JsonFormat().withForceJsonDataToBase64())));
        }

        assertThat(answers)
                .extracting(answer -> answer.path("eventId"))
                .containsOnly(answers.get(0).path("eventId"));
        assertThat(answers).extracting(answer -> answer.path("position")).doesNotHaveDuplicates();
        assertThat(accepted(binary(producer, event("liked").build())).path("eventId"))
                .as("another id")
                .isNotEqualTo(answers.get(0).path("eventId"));
        assertThat(accepted(binary(
                                producer,
                                CloudEventBuilder.v1(event)
                                        .withSource(URI.create("/other"))
                                        .build()))
                        .path("eventId"))
                .as("another source")
                .isNotEqualTo(answers.get(0).path("eventId"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"liked", "unliked"})
    void acceptedEvent_isLoggedAsACloudEvent_withOurId(String type) throws Exception {
        JsonNode answer = accepted(structured(producer, event(type).build(), new JsonFormat()));

        CloudEvent logged = KafkaMessageFactory.createReader(record(answer)).toEvent();

        assertThat(logged.getId()).isEqualTo(answer.path("eventId").stringValue());
        assertThat(logged.getType()).isEqualTo("io.heartline." + type);
        assertThat(logged.getSubject()).isEqualTo("p-1");
        assertThat(logged.getTime().toInstant()).isEqualTo(now);
        LikeEvent like = LOGGED.all().get(answer.path("position").stringValue());
        assertThat(like.type()).isEqualTo(type);
        assertThat(like.at()).isEqualTo(now);
        assertThat(UUID.fromString(like.id()).version()).isEqualTo(5);
    }

    @Test
    void batch_isAnsweredLikeAnArray_withTheIdsOfSingleEvents() throws Exception {
        List<CloudEvent> events = List.of(
                event("liked").build(), event("loved").build(), event("unliked").build());
        String batch = new ObjectMapper()
                .registerModule(JsonFormat.getCloudEventJacksonModule())
                .writeValueAsString(events);

        HttpResponse<String> answer = producer.post(batch, "Content-Type", BATCH);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode results = RunningProducer.json(answer).path("results");
        assertThat(results.valueStream().map(result -> result.path("status").intValue()))
                .containsExactly(202, 400, 202);
        assertThat(places(results.path(1).path("problem"))).containsExactly("/type");
        for (int i : new int[] {0, 2}) {
            assertThat(results.path(i).path("eventId"))
                    .isEqualTo(accepted(binary(other, events.get(i))).path("eventId"));
        }
    }

    @Test
    void batchWithAKey_orWithHeadersOfAnEvent_isRefusedWhole() throws Exception {
        int before = LOGGED.records(LOGGED.log()).size();
        String batch = "[" + json(event("liked").build()) + "]";

        JsonNode key = refused(400, producer.post(batch, "Content-Type", BATCH, "Idempotency-Key", "k-1"));
        JsonNode header = refused(400, producer.post(batch, "Content-Type", BATCH, "ce-id", "a-1"));
        JsonNode single = refused(400, producer.post(json(event("liked").build()), "Content-Type", BATCH));

        assertThat(places(key)).containsExactly("Idempotency-Key");
        assertThat(places(header)).containsExactly("ce-id");
        assertThat(places(single)).containsExactly("");
        assertThat(LOGGED.records(LOGGED.log())).hasSize(before);
    }

    @Test
    void invalidEvent_allErrorsAreNamed_andItIsNotLogged() throws Exception {
        int before = LOGGED.records(LOGGED.log()).size();
        CloudEvent event = event("loved")
                .withData("application/json", bytes("{\"postId\":\"p 1\"}"))
                .build();

        JsonNode binary = refused(400, binary(producer, event));
        JsonNode structured = refused(400, structured(producer, event, new JsonFormat()));

        assertThat(binary.path("type").stringValue()).isEqualTo("/problems/invalid-like");
        assertThat(places(binary)).containsExactlyInAnyOrder("ce-type", "/postId", "/authorId", "/likerId");
        assertThat(places(structured))
                .containsExactlyInAnyOrder("/type", "/data/postId", "/data/authorId", "/data/likerId");
        assertThat(LOGGED.records(LOGGED.log())).hasSize(before);
    }

    @Test
    void headersWithoutBody_orBodyOver16KiB_isRefused() throws Exception {
        JsonNode empty = refused(400, producer.post("", "ce-id", "a-1"));
        String padding = " ".repeat(16 * 1024 - LikeBodies.like("alice", "bob").length());
        CloudEvent max = event("liked")
                .withData("application/json", bytes(LikeBodies.like("alice", "bob") + padding))
                .build();
        CloudEvent over = event("liked")
                .withData("application/json", bytes(LikeBodies.like("alice", "bob") + padding + ' '))
                .build();

        assertThat(places(empty)).containsExactlyInAnyOrder("ce-specversion", "ce-source", "ce-type", "");
        accepted(binary(producer, max));
        refused(413, binary(producer, over));
        refused(413, structured(producer, max, new JsonFormat()));
    }

    @Test
    void idempotencyKey_isRefused() throws Exception {
        String body = json(event("liked").build());

        JsonNode structured = refused(400, producer.post(body, "Content-Type", STRUCTURED, "Idempotency-Key", "k-1"));
        JsonNode binary =
                refused(400, producer.post(LikeBodies.like("alice", "bob"), "ce-id", "a-1", "Idempotency-Key", "k-1"));

        for (JsonNode problem : List.of(structured, binary)) {
            assertThat(problem.path("type").stringValue()).isEqualTo("/problems/invalid-header");
            assertThat(places(problem)).containsExactly("Idempotency-Key");
        }
    }

    @ParameterizedTest
    @CsvSource({"ce-specversion, application/x-ndjson", "ce-source, application/x-ndjson", "ce-id, application/json"})
    void headersOfAnEvent_withAStreamOrAnArray_areRefused(String header, String contentType) throws Exception {
        String body = contentType.equals("application/json") ? "[]" : LikeBodies.like("alice", "bob") + "\n";

        JsonNode problem = refused(400, producer.post(body, "Content-Type", contentType, header, "1.0"));

        assertThat(problem.path("type").stringValue()).isEqualTo("/problems/invalid-header");
        assertThat(places(problem)).containsExactly(header);
    }

    @Test
    void copiesOfAttributesInHeaders_areIgnoredInStructuredMode() throws Exception {
        String body = json(event("liked").build());
        String[] types = {STRUCTURED, "Application/CloudEvents+JSON; charset=utf-8"};

        for (String type : types) {
            accepted(producer.post(body, "Content-Type", type, "ce-id", "%", "ce-type", "other"));
        }
    }

    @Test
    void strict_isApplied_andExtensionsAreNoUnknownFields() throws Exception {
        CloudEvent extended = event("liked").withExtension("mood", "good").build();
        CloudEvent unknown = event("liked")
                .withData(
                        "application/json",
                        bytes(LikeBodies.like("alice", "bob").replace("}", ",\"typ\":1}")))
                .build();

        HttpResponse<String> accepted =
                producer.post(json(extended), "Content-Type", STRUCTURED, "Prefer", "handling=strict");
        JsonNode refused =
                refused(400, producer.post(json(unknown), "Content-Type", STRUCTURED, "Prefer", "handling=strict"));

        accepted(accepted);
        assertThat(accepted.headers().firstValue("Preference-Applied")).hasValue("handling=strict");
        assertThat(places(refused)).containsExactly("/data/typ");
        accepted(producer.post(json(unknown), "Content-Type", STRUCTURED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/cloudevents+xml",
                "application/cloudevents+avro",
                "application/cloudevents",
                "application/xml"
            })
    void otherFormat_returns415_withTheTypesThatAreTaken(String type) throws Exception {
        HttpResponse<String> answer = producer.post("<event/>", "Content-Type", type, "ce-id", "a-1");

        JsonNode problem = refused(415, answer);

        assertThat(problem.path("detail").stringValue())
                .isEqualTo("Content-Type must be application/json, application/x-ndjson, " + STRUCTURED + " or " + BATCH
                        + ".");
        assertThat(answer.headers().firstValue("Accept"))
                .hasValue("application/json, application/x-ndjson, " + STRUCTURED + ", " + BATCH);
    }

    private CloudEventBuilder event(String type) {
        return CloudEventBuilder.v1()
                .withId(UUID.randomUUID() + " 1")
                .withSource(URI.create("https://app.example/likes?team=a"))
                .withType("io.heartline." + type)
                .withTime(OffsetDateTime.ofInstant(now, ZoneOffset.ofHours(2)))
                .withData("application/json", bytes(LikeBodies.like("alice", "bob")));
    }

    private static HttpResponse<String> binary(RunningProducer instance, CloudEvent event) throws Exception {
        return send(instance, writer -> writer.writeBinary(event));
    }

    private static HttpResponse<String> structured(RunningProducer instance, CloudEvent event, JsonFormat format)
            throws Exception {
        return send(instance, writer -> writer.writeStructured(event, format));
    }

    private static HttpResponse<String> send(RunningProducer instance, Consumer<HttpMessageWriter> message)
            throws Exception {
        List<String> headers = new ArrayList<>();
        List<byte[]> bodies = new ArrayList<>();
        message.accept(
                HttpMessageFactory.createWriter((name, value) -> headers.addAll(List.of(name, value)), bodies::add));
        headers.replaceAll(header -> header.equalsIgnoreCase("content-type") ? "Content-Type" : header);
        return instance.post(new String(bodies.get(0), StandardCharsets.UTF_8), headers.toArray(String[]::new));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String json(CloudEvent event) {
        return new String(new JsonFormat().serialize(event), StandardCharsets.UTF_8);
    }

    private static JsonNode accepted(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return RunningProducer.json(answer);
    }

    private static JsonNode refused(int status, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        return RunningProducer.json(answer);
    }

    private static List<String> places(JsonNode problem) {
        return problem.path("errors")
                .valueStream()
                .map(error ->
                        error.path(error.has("header") ? "header" : "pointer").stringValue())
                .toList();
    }

    private static ConsumerRecord<byte[], byte[]> record(JsonNode answer) throws Exception {
        Position position = Position.parse(answer.path("position").stringValue());
        return LOGGED.records(LOGGED.log()).stream()
                .filter(found -> found.partition() == position.partition() && found.offset() == position.offset())
                .findFirst()
                .orElseThrow();
    }
}
