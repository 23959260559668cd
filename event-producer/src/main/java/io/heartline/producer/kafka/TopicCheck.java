package io.heartline.producer.kafka;

import io.heartline.events.LikesTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/** Compares an existing topic with the promises of the services about the log. The topic is never altered. */
final class TopicCheck {

    private final TopicSettings settings;

    TopicCheck(TopicSettings settings) {
        this.settings = settings;
    }

    /**
     * Requires that likes may be appended to the topic and stay in it.
     *
     * @param config null if it cannot be read
     * @param permitted operations on the topic that Kafka permits this service; null or empty if Kafka does not report them
     * @throws UnusableTopicException otherwise
     */
    static void requireUsable(@Nullable Config config, @Nullable Set<AclOperation> permitted) {
        String cleanup = value(config, TopicConfig.CLEANUP_POLICY_CONFIG);
        if (cleanup != null && Arrays.asList(cleanup.split("\\s*,\\s*")).contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            throw new UnusableTopicException("cleanup.policy is " + cleanup
                    + ": Kafka would keep one like of each author and delete the others. Set it to delete");
        }
        if (permitted != null && !permitted.isEmpty() && !permitted.contains(AclOperation.WRITE)) {
            throw new UnusableTopicException(
                    "Kafka does not permit this service to write to it: it needs the ACL WRITE");
        }
    }

    /**
     * Returns one sentence for each property of the topic that weakens a promise.
     *
     * @param config null if it cannot be read
     */
    List<String> warnings(int partitions, @Nullable Config config) {
        List<String> warnings = new ArrayList<>();
        if (partitions != settings.partitions()) {
            warnings.add("it has " + partitions + " partitions, and heartline.producer.topic.partitions is "
                    + settings.partitions()
                    + ": the setting has no effect on an existing topic. If partitions were added to"
                    + " a topic with likes, move to a new topic instead");
        }
        String timestamps = value(config, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG);
        if ("CreateTime".equals(timestamps)) {
            warnings.add(
                    "message.timestamp.type is CreateTime: the clocks of event-producers decide when a like was logged."
                            + " Set it to LogAppendTime");
        }
        long retention = number(config, TopicConfig.RETENTION_MS_CONFIG, -1);
        if (retention >= 0 && retention < LikesTopic.RETENTION.toMillis()) {
            warnings.add("retention.ms is " + retention + " (" + Duration.ofMillis(retention)
                    + "): likes are deleted before " + LikesTopic.RETENTION.toDays()
                    + " days, so reports and clients that are late miss them");
        }
        if (number(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Long.MAX_VALUE) < 2) {
            warnings.add(
                    "min.insync.replicas is 1: a like that was answered with 202 is lost if one broker loses its disk."
                            + " Set it to 2, with 3 replicas");
        }
        if ("true".equals(value(config, TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG))) {
            warnings.add(
                    "unclean.leader.election.enable is true: a replica that lacks acknowledged likes may become the"
                            + " leader. Set it to false");
        }
        return warnings;
    }

    private static long number(@Nullable Config config, String name, long defaultValue) {
        String value = value(config, name);
        try {
            return value == null ? defaultValue : Long.parseLong(value);
        } catch (NumberFormatException e) {
            // The broker is of another vendor. A value that cannot be compared causes no warning.
            return defaultValue;
        }
    }

    private static @Nullable String value(@Nullable Config config, String name) {
        ConfigEntry entry = config == null ? null : config.get(name);
        return entry == null ? null : entry.value();
    }
}
