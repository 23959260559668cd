package io.heartline.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.producer.LikeBodies;
import io.heartline.producer.RunningProducer;
import io.heartline.quickstart.backends.Backends;
import io.heartline.quickstart.backends.InProcessKafka;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A Kafka that permits this service only some operations on the topic. */
@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class TopicPermissionsIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @TempDir
    private static Path folder;

    private static InProcessKafka kafka;
    private static Admin admin;

    private final String topic = Backends.unique("likes");

    @BeforeAll
    static void start() {
        kafka = InProcessKafka.startWith(
                folder.resolve("kafka"),
                Map.of(
                        "authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "allow.everyone.if.no.acl.found",
                        "true"));
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        kafka.close();
    }

    /** If a topic has an ACL, Kafka forbids every operation that no ACL permits. */
    private void permit(AclOperation... operations) throws Exception {
        List<AclBinding> acls = Stream.of(operations)
                .map(operation -> new AclBinding(
                        new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                        new AccessControlEntry("User:ANONYMOUS", "*", operation, AclPermissionType.ALLOW)))
                .toList();
        admin.createAcls(acls).all().get(30, TimeUnit.SECONDS);
    }

    private void permitEverything() throws Exception {
        admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get(30, TimeUnit.SECONDS);
    }

    private void createTopic() throws Exception {
        LikesLog.create(admin, LikesTopic.newTopic(topic, RunningProducer.PARTITIONS, (short) 1, 1))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    private RunningProducer producer(String topicCheckInterval) {
        return RunningProducer.on(kafka.bootstrapServers(), topic, new String[] {
            "heartline.producer.topic-check-interval=" + topicCheckInterval,
            "heartline.producer.ack-timeout=1s",
            "logging.level.io.heartline.producer=info"
        });
    }

    @Test
    void writeIsNotPermitted_isNotReady_untilItIs() throws Exception {
        createTopic();
        permit(AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS);
        try (RunningProducer producer = producer("100ms")) {
            await().atMost(TIMEOUT).untilAsserted(() -> assertThat(
                            producer.get("/actuator/health/readiness").body())
                    .contains("OUT_OF_SERVICE", "needs the ACL WRITE"));
            assertIsRefused(producer.post(LikeBodies.like("alice", "bob")));

            permit(AclOperation.WRITE);

            await().atMost(TIMEOUT).until(producer::isReady);
            assertThat(producer.post(LikeBodies.like("alice", "bob")).statusCode())
                    .isEqualTo(202);
        } finally {
            permitEverything();
        }
    }

    @Test
    void writeIsForbiddenLater_likeIsRefused_andIsNotReady() throws Exception {
        createTopic();
        try (RunningProducer producer = producer("1h")) {
            await().atMost(TIMEOUT).until(producer::isReady);
            assertThat(producer.post(LikeBodies.like("alice", "bob")).statusCode())
                    .isEqualTo(202);

            permit(AclOperation.DESCRIBE);

            await().atMost(TIMEOUT)
                    .untilAsserted(() -> assertIsRefused(producer.post(LikeBodies.like("alice", "bob"))));
            await().atMost(TIMEOUT).until(() -> !producer.isReady());
            assertThat(producer.post(LikeBodies.like("alice", "bob"), "Content-Type", "application/x-ndjson")
                            .body())
                    .contains("/problems/log-refused");
        } finally {
            permitEverything();
        }
    }

    private static void assertIsRefused(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("\"type\":\"/problems/log-refused\"");
    }

    @Test
    void configurationMayNotBeRead_isReady_andThatIsLoggedOnce(CapturedOutput output) throws Exception {
        createTopic();
        permit(AclOperation.DESCRIBE, AclOperation.WRITE);
        try (RunningProducer producer = producer("100ms")) {
            await().atMost(TIMEOUT).until(producer::isReady);
            assertThat(producer.post(LikeBodies.like("alice", "bob")).statusCode())
                    .isEqualTo(202);
            permitEverything();
            await().atMost(TIMEOUT).until(() -> output.getOut().contains(topic + ": min.insync.replicas is 1"));
        } finally {
            permitEverything();
        }

        assertThat(output).containsOnlyOnce("topic " + topic + ": its configuration cannot be read and is not checked");
    }
}
