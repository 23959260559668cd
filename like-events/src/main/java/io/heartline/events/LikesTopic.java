package io.heartline.events;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** The name of the topic, and the settings with which it is created. */
public final class LikesTopic {

    /** The default name. */
    public static final String NAME = "likes";

    /** How long Kafka keeps a record: five weeks, so that a week can be derived again for a month after its end. */
    public static final Duration RETENTION = Duration.ofDays(35);

    private LikesTopic() {}

    /**
     * Returns the topic of likes for its creation. The broker sets the timestamps, because a client must not choose them. They decide
     * which events are late, which weeks are sealed, and how long a push took.
     *
     * @param name the topic's name
     * @param partitions the partition count, at least 1
     * @param replication the number of replicas of each partition, at least 1
     * @param minInSyncReplicas the number of replicas that have a record before it is acknowledged, at least 1
     * @return the topic
     */
    public static NewTopic newTopic(String name, int partitions, short replication, int minInSyncReplicas) {
        return new NewTopic(name, partitions, replication)
                .configs(Map.of(
                        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                        "LogAppendTime",
                        TopicConfig.RETENTION_MS_CONFIG,
                        Long.toString(RETENTION.toMillis()),
                        TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                        Integer.toString(minInSyncReplicas)));
    }
}
