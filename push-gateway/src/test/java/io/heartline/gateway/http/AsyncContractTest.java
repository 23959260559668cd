package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Contract;
import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventRecord;
import io.heartline.events.Liked;
import io.heartline.events.LikesTopic;
import io.heartline.events.Unliked;
import io.heartline.gateway.stream.Frame;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Rules of AsyncAPI 3.0 beyond the schemas of the document, and the records that are written to Kafka. */
class AsyncContractTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Contract ASYNC = Contract.of("heartline.asyncapi.yaml");
    private static final Pattern IN_ADDRESS = Pattern.compile("\\{(\\w+)}");

    @Test
    void document_hasRequiredFields() {
        assertThat(ASYNC.at("asyncapi").node().stringValue()).isEqualTo("3.0.0");
        assertThat(ASYNC.at("info").node().propertyNames()).contains("title", "version");
    }

    @ParameterizedTest
    @MethodSource("operations")
    void operation_usesOneChannel_andItsMessages(String name) {
        JsonNode operation = ASYNC.at("operations", name).node();
        assertThat(operation.path("action").stringValue()).isIn("send", "receive");
        String channel = operation.path("channel").path("$ref").stringValue();
        assertThat(operation.path("messages").values())
                .isNotEmpty()
                .extracting(message -> message.path("$ref").stringValue())
                .allSatisfy(message -> assertThat(message).startsWith(channel + "/messages/"));
        JsonNode reply = operation.path("reply");
        if (!reply.isMissingNode()) {
            assertThat(reply.path("channel").path("$ref").stringValue()).isEqualTo(channel);
            assertThat(reply.path("messages").values())
                    .isNotEmpty()
                    .extracting(message -> message.path("$ref").stringValue())
                    .allSatisfy(message -> assertThat(message).startsWith(channel + "/messages/"));
        }
    }

    @Test
    void message_belongsToAnOperation() {
        String operations = ASYNC.at("operations").node().toString();

        assertThat(ASYNC.at("channels").node().propertyNames()).allSatisfy(channel -> assertThat(
                        ASYNC.at("channels", channel, "messages").node().propertyNames())
                .allSatisfy(message ->
                        assertThat(operations).contains("\"#/channels/" + channel + "/messages/" + message + '"')));
    }

    @ParameterizedTest
    @MethodSource("channels")
    void channel_hasServer_andDescribesAddressParameters(String name) {
        JsonNode channel = ASYNC.at("channels", name).node();
        List<String> varying = IN_ADDRESS
                .matcher(channel.path("address").stringValue())
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
        assertThat(channel.path("parameters").propertyNames()).containsExactlyInAnyOrderElementsOf(varying);
        assertThat(channel.path("servers").values()).isNotEmpty().allSatisfy(server -> assertThat(
                        server.path("$ref").stringValue())
                .startsWith("#/servers/"));
    }

    @ParameterizedTest
    @CsvSource({"author, frameOfAuthor", "authors, frameOfAuthors"})
    void webSocketMessages_areAllFrames_andMessagesOfClients(String channel, String resource) {
        Contract frames = Contract.of("frames.yaml").at("$defs", resource, "oneOf");
        List<String> documented = frames.node()
                .valueStream()
                .map(frame -> "frames.yaml" + frame.path("$ref").stringValue())
                .toList();
        Contract messages = ASYNC.at("channels", channel, "messages");
        List<String> payloads = messages.node().propertyNames().stream()
                .map(name -> messages.at(name, "payload").toString())
                .toList();

        assertThat(payloads).containsAll(documented);
        assertThat(payloads)
                .filteredOn(payload -> !documented.contains(payload))
                .isNotEmpty()
                .allSatisfy(payload -> assertThat(payload).startsWith("heartline.asyncapi.yaml#/components/schemas/"));
    }

    @Test
    void kindsOfFramesSent_areDocumented() {
        Contract definitions = Contract.of("frames.yaml").at("$defs");
        List<String> documented = definitions.node().propertyNames().stream()
                .map(name -> definitions.at(name, "properties", "kind", "const").node())
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .toList();

        assertThat(documented)
                .containsAll(Arrays.stream(Frame.Kind.values())
                        .filter(kind -> kind != Frame.Kind.heartbeat)
                        .map(Frame.Kind::name)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"liked", "unliked"})
    void eventRecord_matchesItsMessageOnly(String type) {
        Instant at = Instant.parse("2026-11-24T10:00:00.123Z");
        LikeEvent event = type.equals("liked")
                ? new Liked("e-1", "p-1", "alice", "bob", at)
                : new Unliked("e-1", "p-1", "alice", "bob", at);
        ProducerRecord<byte[], byte[]> sent = LikeEventRecord.of("likes", event, "/heartline/event-producer");
        ObjectNode headers = JSON.createObjectNode();
        sent.headers().forEach(header -> headers.put(header.key(), text(header.value())));

        Contract messages = ASYNC.at("channels", "log", "messages");
        for (String name : messages.node().propertyNames()) {
            Contract message = messages.at(name);
            boolean own = name.equals(type);
            assertThat(message.at("headers").violations(headers).isEmpty()).isEqualTo(own);
            assertThat(message.at("payload")
                            .violations(JSON.readTree(sent.value()))
                            .isEmpty())
                    .isEqualTo(own);
            assertThat(message.at("bindings", "kafka", "key").violations(JSON.valueToTree(text(sent.key()))))
                    .isEmpty();
        }
        assertThat(ASYNC.at("components", "schemas", "CloudEvent", "properties")
                        .node()
                        .propertyNames())
                .containsExactlyInAnyOrderElementsOf(headers.propertyNames());
    }

    @Test
    void recordWithoutNewerHeaders_isValid() {
        ObjectNode headers = ASYNC.at("components", "messages", "liked", "examples", "0", "headers")
                .node()
                .deepCopy()
                .asObject();

        headers.remove(List.of("ce_time", "ce_partitionkey"));

        assertThat(ASYNC.at("channels", "log", "messages", "liked", "headers").violations(headers))
                .isEmpty();
    }

    @Test
    void topic_isTheCreatedTopic() {
        JsonNode documented = ASYNC.at("channels", "log", "bindings", "kafka").node();
        Map<String, String> settings = documented
                .path("topicConfiguration")
                .propertyStream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, setting -> setting.getValue().asString()));

        assertThat(ASYNC.at("channels", "log", "address").node().stringValue()).isEqualTo(LikesTopic.NAME);
        assertThat(documented.path("topic").stringValue()).isEqualTo(LikesTopic.NAME);
        assertThat(LikesTopic.newTopic(LikesTopic.NAME, 48, (short) 3, 2).configs())
                .containsAllEntriesOf(settings);
        assertThat(settings).isNotEmpty();
    }

    private static Collection<String> operations() {
        return ASYNC.at("operations").node().propertyNames();
    }

    private static Collection<String> channels() {
        return ASYNC.at("channels").node().propertyNames();
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
