package io.heartline.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.LoggedLikes;
import io.heartline.producer.RunningProducer;
import io.heartline.quickstart.backends.Backends;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A topic that was not created by the service. */
@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class ExistingTopicIT {

    private static final String SERVERS = Backends.bootstrapServers();
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final String[] SETTINGS = {
        "heartline.producer.topic-check-interval=100ms",
        "heartline.producer.ack-timeout=1s",
        "logging.level.io.heartline.producer=info"
    };

    private static Admin admin;

    private final String topic = Backends.unique("likes");

    @BeforeAll
    static void connect() {
        admin = Admin.create(Map.of("bootstrap.servers", SERVERS));
    }

    @AfterAll
    static void disconnect() {
        admin.close();
    }

    private void create(int partitions, Map<String, String> config) throws Exception {
        NewTopic wanted = new NewTopic(topic, partitions, (short) 1).configs(config);
        admin.createTopics(List.of(wanted)).all().get(30, TimeUnit.SECONDS);
    }

    private void alter(String name, String value) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        AlterConfigOp set = new AlterConfigOp(new ConfigEntry(name, value), OpType.SET);
        admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get(30, TimeUnit.SECONDS);
    }

    @Test
    void topicIsCompacted_isRefused_untilItIsNot() throws Exception {
        create(RunningProducer.PARTITIONS, Map.of("cleanup.policy", "compact,delete"));
        try (RunningProducer producer = RunningProducer.on(SERVERS, topic, SETTINGS)) {
            await().atMost(TIMEOUT).untilAsserted(() -> {
                HttpResponse<String> readiness = producer.get("/actuator/health/readiness");
                assertThat(readiness.statusCode()).isEqualTo(503);
                assertThat(readiness.body()).contains("OUT_OF_SERVICE", "cleanup.policy is compact,delete");
            });
            HttpResponse<String> answer = producer.post(LikeBodies.like("alice", "bob"));
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(producer.metric("heartline_producer_log_available", "")).isZero();

            alter("cleanup.policy", "delete");

            await().atMost(TIMEOUT).until(producer::isReady);
            assertThat(producer.post(LikeBodies.like("alice", "bob")).statusCode())
                    .isEqualTo(202);
        }
        assertThat(new LoggedLikes(SERVERS, topic).all()).hasSize(1);
    }

    @Test
    void topicBecomesCompacted_isNotAppendedTo() throws Exception {
        try (RunningProducer producer = RunningProducer.on(topic, SETTINGS)) {
            assertThat(producer.post(LikeBodies.like("alice", "bob")).statusCode())
                    .isEqualTo(202);

            alter("cleanup.policy", "compact");

            await().atMost(TIMEOUT).until(() -> !producer.isReady());
            assertThat(producer.post(LikeBodies.like("alice", "bob")).statusCode())
                    .isEqualTo(503);
        }
        assertThat(new LoggedLikes(SERVERS, topic).all()).hasSize(1);
    }

    @Test
    void topicWeakensThePromises_isUsed_andEachWarningIsLoggedOnce(CapturedOutput output) throws Exception {
        create(2, Map.of("message.timestamp.type", "CreateTime", "retention.ms", "86400000"));
        try (RunningProducer producer = RunningProducer.on(topic, SETTINGS)) {
            assertThat(producer.post(LikeBodies.like("alice", "bob")).statusCode())
                    .isEqualTo(202);
            alter("unclean.leader.election.enable", "true"); // a later look has to find this
            await().atMost(TIMEOUT).until(() -> output.getOut().contains(topic + ": unclean.leader.election.enable"));
        }

        assertThat(output)
                .containsOnlyOnce("topic " + topic + ": message.timestamp.type is CreateTime")
                .containsOnlyOnce("topic " + topic + ": retention.ms is 86400000 (PT24H)")
                .containsOnlyOnce("topic " + topic + ": min.insync.replicas is 1")
                .containsOnlyOnce(
                        "topic " + topic + ": it has 2 partitions, and heartline.producer.topic.partitions is 4");
    }

    @Test
    void topicIsCreatedByTheService_logsNoWarning(CapturedOutput output) throws Exception {
        try (RunningProducer producer = RunningProducer.on(topic, SETTINGS)) {
            assertThat(producer.post(LikeBodies.like("alice", "bob")).statusCode())
                    .isEqualTo(202);
        }

        assertThat(output.getOut().lines())
                .filteredOn(line -> line.contains(": topic " + topic))
                .isNotEmpty()
                .noneMatch(line -> line.contains("WARN"));
    }
}
