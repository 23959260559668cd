package io.heartline.reports.kafka;

import io.heartline.events.LikesTopic;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topic of records that are no likes. */
record DeadLetterTopic(String name) {

    /** Enough for any record that a client with default settings can write to the topic of likes, and for the headers of a dead letter. */
    static final int MAX_RECORD_BYTES = 4 * 1024 * 1024;

    private static final List<Class<? extends KafkaException>> PERMANENT_ERRORS = List.of(
            AuthorizationException.class,
            RecordTooLargeException.class,
            RecordBatchTooLargeException.class,
            InvalidRecordException.class,
            InvalidTimestampException.class,
            InvalidTopicException.class,
            InvalidConfigurationException.class,
            InvalidPartitionsException.class,
            InvalidReplicationFactorException.class,
            PolicyViolationException.class);

    /** Returns whether Kafka will give the same answer the next time, unless an operator changes something. */
    static boolean isPermanent(KafkaException e) {
        return PERMANENT_ERRORS.stream().anyMatch(error -> error.isInstance(e));
    }

    /**
     * Creates the topic if it does not exist: one partition, because there should be little in it, and as many replicas as the
     * cluster's default. It is looked for first, because a broker checks the right to create topics before it reports that the
     * topic exists. Without that right, creating a topic that exists would fail.
     *
     * @throws KafkaException if it neither exists nor can be created; see {@link #isPermanent}
     */
    void ensureExists(Admin admin) {
        try {
            await(admin.describeTopics(List.of(name)).allTopicNames());
        } catch (UnknownTopicOrPartitionException e) {
            create(admin);
        }
    }

    private void create(Admin admin) {
        NewTopic newTopic = new NewTopic(name, Optional.of(1), Optional.empty())
                .configs(Map.of(
                        TopicConfig.RETENTION_MS_CONFIG,
                        Long.toString(LikesTopic.RETENTION.toMillis()),
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        Integer.toString(MAX_RECORD_BYTES)));
        try {
            await(admin.createTopics(List.of(newTopic)).all());
        } catch (TopicExistsException e) {
            // another instance was first
        }
    }

    private static void await(KafkaFuture<?> future) {
        try {
            future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
