package io.heartline.producer;

import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.producer.ProducerSettings.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the topic, and creates it if there has never been one. Waits for Kafka, and is used by one thread. */
final class TopicLookup implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TopicLookup.class);

    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration CREATION = Duration.ofSeconds(40);

    private final Map<String, Object> connection;
    private final Topic topic;
    private Admin admin;

    TopicLookup(Map<String, Object> connection, Topic topic) {
        this.connection = connection;
        this.topic = topic;
    }

    /**
     * Returns the log as Kafka has it now.
     *
     * @param mayCreate whether a missing topic is created: only at first, because a topic that is deleted later is for an
     *     operator to create again
     * @throws ExecutionException with Kafka's exception
     */
    LikesLog find(boolean mayCreate) throws Exception {
        if (admin == null) {
            admin = Admin.create(connection);
        }
        try {
            return describe();
        } catch (ExecutionException e) {
            if (!mayCreate || !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw e;
            }
        }
        log.info("creating topic {} with {} partitions", topic.name(), topic.partitions());
        try {
            // not by KafkaAdmin, which would also give an existing topic more partitions
            return get(
                    LikesLog.create(
                            admin,
                            LikesTopic.newTopic(
                                    topic.name(), topic.partitions(), topic.replication(), topic.minInSyncReplicas())),
                    CREATION);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return describe();
            }
            throw e;
        }
    }

    private LikesLog describe() throws Exception {
        return get(LikesLog.describe(admin, topic.name()), ANSWER);
    }

    private static <T> T get(CompletionStage<T> answer, Duration timeout) throws Exception {
        try {
            return answer.toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("Kafka did not answer within " + timeout.toSeconds() + " s");
        }
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
