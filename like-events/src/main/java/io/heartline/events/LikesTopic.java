package io.heartline.events;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** The topic's name and the settings it is created with. */
public final class LikesTopic {

    public static final String NAME = "likes";

    /** How long the log remembers: five weeks, so that a week can be re-derived for a month after it ended. */
    public static final Duration RETENTION = Duration.ofDays(35);

    private LikesTopic() {}

    /**
     * The topic of likes. Its timestamps are the broker's, since what is late, what is sealed and how long a push took are
     * all said by the time of the append, which no client may choose.
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
