package io.heartline.reports.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Contract;
import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.reports.worker.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Compares the dead letters that a run writes with the AsyncAPI document. */
class DeadLetterContractIT {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Contract CHANNEL =
            Contract.of("heartline.asyncapi.yaml").at("channels", "deadLetters");

    private final TestDatabase database = new TestDatabase();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void invalidRecord_isWrittenAsDocumented() throws Exception {
        TestTopic likes = TestTopic.create(4);
        byte[] misplaced = LikeEventJson.encode(new Liked("e-1", "p-1", "alice", "bob", Instant.EPOCH));
        int other = (likes.log().partitionOf("alice") + 1) % 4;
        likes.send(List.of(
                new ProducerRecord<>(likes.topic, other, utf8("alice"), misplaced),
                new ProducerRecord<>(likes.topic, 0, utf8("alice"), utf8("no JSON")),
                new ProducerRecord<>(likes.topic, 0, null, utf8("{}")),
                new ProducerRecord<>(likes.topic, 0, utf8("alice"), null)));

        database.batch(likes).run();

        Contract message = CHANNEL.at("messages", "deadLetter");
        assertThat(likes.recordsOf(likes.deadLetterTopic())).hasSize(4).allSatisfy(letter -> {
            assertThat(message.at("headers").violations(headers(letter))).isEmpty();
            assertThat(message.at("bindings", "kafka", "key").violations(JSON.valueToTree(text(letter.key()))))
                    .isEmpty();
        });
        assertThat(CHANNEL.at("bindings", "kafka", "topicConfiguration").node().propertyStream())
                .isNotEmpty()
                .allSatisfy(setting -> assertThat(settingOf(likes, setting.getKey()))
                        .isEqualTo(setting.getValue().asString()));
    }

    @Test
    void channel_hasTheNameOfTheDefaultTopic() throws Exception {
        JsonNode address = CHANNEL.at("address").node();

        assertThat(Contract.class.getClassLoader().getResourceAsStream("report-batch.yml"))
                .asString(StandardCharsets.UTF_8)
                .contains("dead-letter-topic: " + address.stringValue() + " ");
    }

    private static String settingOf(TestTopic likes, String name) throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, likes.deadLetterTopic());
        try (Admin admin = likes.clients(1).admin()) {
            Map<ConfigResource, Config> found =
                    admin.describeConfigs(List.of(topic)).all().get(30, TimeUnit.SECONDS);
            return found.get(topic).get(name).value();
        }
    }

    private static ObjectNode headers(ConsumerRecord<byte[], byte[]> letter) {
        ObjectNode headers = JSON.createObjectNode();
        letter.headers().forEach(header -> headers.put(header.key(), text(header.value())));
        return headers;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
