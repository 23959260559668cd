package io.heartline.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.events.Position;
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
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The topic changes while the service runs. */
class TopicChangesIT {

    private static final String SERVERS = Backends.bootstrapServers();

    private static Admin admin;

    @BeforeAll
    static void connect() {
        admin = Admin.create(Map.of("bootstrap.servers", SERVERS));
    }

    @AfterAll
    static void disconnect() {
        admin.close();
    }

    /** The service checks the topic once an hour, and Kafka's client does not report the change. */
    @Test
    void topicIsRecreated_firstAnswerHasTheNewEpoch() throws Exception {
        String topic = Backends.unique("likes");
        try (RunningProducer producer = RunningProducer.on(topic, "heartline.producer.topic-check-interval=1h")) {
            String epoch = new LoggedLikes(SERVERS, topic).log().epoch();
            for (int i = 0; i < 3; i++) {
                assertThat(accepted(producer).epoch()).isEqualTo(epoch);
            }

            admin.deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
            LikesLog recreated = LikesLog.create(
                            admin, LikesTopic.newTopic(topic, RunningProducer.PARTITIONS, (short) 1, 1))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);

            Position first = accepted(producer);
            assertThat(first.epoch()).isEqualTo(recreated.epoch()).isNotEqualTo(epoch);
            assertThat(first.offset()).isZero();
        }
    }

    @Test
    void partitionsAreAdded_likesGet503_andReadinessHasTheReason() throws Exception {
        String topic = Backends.unique("likes");
        try (RunningProducer producer = RunningProducer.on(
                topic, "heartline.producer.topic-check-interval=100ms", "heartline.producer.ack-timeout=1s")) {
            accepted(producer);

            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(RunningProducer.PARTITIONS + 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);

            await().atMost(Duration.ofSeconds(30)).until(() -> !producer.isReady());
            assertThat(producer.get("/actuator/health/readiness").body())
                    .contains("it has 5 partitions and not 4 as when it was opened");
            assertThat(producer.post(LikeBodies.like("alice", "bob")).statusCode())
                    .isEqualTo(503);
        }
    }

    @Test
    void topicIsDeleted_isNotRecreated_andIsUsedOnceItExistsAgain() throws Exception {
        String topic = Backends.unique("likes");
        try (RunningProducer producer = RunningProducer.on(
                topic, "heartline.producer.topic-check-interval=100ms", "heartline.producer.ack-timeout=1s")) {
            accepted(producer);
            admin.deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
            await().atMost(Duration.ofSeconds(30)).until(() -> !producer.isReady());
            assertThat(producer.post(LikeBodies.like("alice", "bob")).statusCode())
                    .isEqualTo(503);

            LikesLog.create(admin, LikesTopic.newTopic(topic, RunningProducer.PARTITIONS, (short) 1, 1))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);

            await().atMost(Duration.ofSeconds(30)).until(producer::isReady);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> producer.post(LikeBodies.like("alice", "bob")).statusCode() == 202);
        }
    }

    private static Position accepted(RunningProducer producer) throws Exception {
        HttpResponse<String> answer = producer.post(LikeBodies.like("alice", "bob"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return Position.parse(RunningProducer.json(answer).path("position").stringValue());
    }
}
