package io.heartline.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicCheckTest {

    private static final int PARTITIONS = 48;

    private final TopicCheck check = new TopicCheck(new TopicSettings("likes", PARTITIONS, (short) 3, 2));

    private static Config config(Map<String, String> entries) {
        return new Config(entries.entrySet().stream()
                .map(entry -> new ConfigEntry(entry.getKey(), entry.getValue()))
                .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"compact", "compact,delete", "delete, compact"})
    void topicIsCompacted_isRefused(String policy) {
        assertThatThrownBy(() -> TopicCheck.requireUsable(config(Map.of("cleanup.policy", policy)), null))
                .isInstanceOf(UnusableTopicException.class)
                .hasMessageContaining("cleanup.policy is " + policy);
    }

    @ParameterizedTest
    @ValueSource(strings = {"delete", ""})
    void topicIsNotCompacted_isUsable(String policy) {
        assertThatCode(() -> TopicCheck.requireUsable(config(Map.of("cleanup.policy", policy)), null))
                .doesNotThrowAnyException();
    }

    @Test
    void writeIsNotPermitted_isRefused() {
        assertThatThrownBy(() -> TopicCheck.requireUsable(null, Set.of(AclOperation.DESCRIBE, AclOperation.READ)))
                .isInstanceOf(UnusableTopicException.class)
                .hasMessageContaining("WRITE");
    }

    @Test
    void permissionsAreUnknown_isUsable() {
        assertThatCode(() -> TopicCheck.requireUsable(null, null)).doesNotThrowAnyException();
        assertThatCode(() -> TopicCheck.requireUsable(null, Set.of())).doesNotThrowAnyException();
        assertThatCode(() -> TopicCheck.requireUsable(null, Set.of(AclOperation.WRITE)))
                .doesNotThrowAnyException();
    }

    @Test
    void topicIsAsTheServiceCreatesIt_hasNoWarning() {
        Config created = config(Map.of(
                "message.timestamp.type", "LogAppendTime",
                "retention.ms", "3024000000",
                "min.insync.replicas", "2",
                "unclean.leader.election.enable", "false"));

        assertThat(check.warnings(PARTITIONS, created)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "message.timestamp.type, CreateTime",
        "retention.ms, 604800000",
        "retention.ms, 3023999999",
        "retention.ms, 0",
        "min.insync.replicas, 1",
        "unclean.leader.election.enable, true"
    })
    void settingWeakensAPromise_warningNamesIt(String name, String value) {
        List<String> warnings = check.warnings(PARTITIONS, config(Map.of(name, value)));

        assertThat(warnings).singleElement().asString().startsWith(name + " is " + value);
    }

    @ParameterizedTest
    @CsvSource({"retention.ms, -1", "retention.ms, 3024000000", "min.insync.replicas, 3", "retention.ms, unlimited"})
    void settingKeepsThePromise_hasNoWarning(String name, String value) {
        assertThat(check.warnings(PARTITIONS, config(Map.of(name, value)))).isEmpty();
    }

    @Test
    void otherPartitionCountThanConfigured_warningNamesTheSetting() {
        assertThat(check.warnings(8, null))
                .singleElement()
                .asString()
                .contains("8 partitions", "heartline.producer.topic.partitions is 48");
    }

    @Test
    void configIsUnknown_hasNoWarning() {
        assertThat(check.warnings(PARTITIONS, null)).isEmpty();
        assertThat(check.warnings(PARTITIONS, config(Map.of()))).isEmpty();
    }
}
