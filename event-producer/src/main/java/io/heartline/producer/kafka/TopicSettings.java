package io.heartline.producer.kafka;

import io.heartline.events.LikesTopic;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings that a missing topic is created with. An existing topic is never altered.
 *
 * @param name the topic's name
 * @param partitions number of partitions
 * @param replication number of replicas of each partition
 * @param minInSyncReplicas number of replicas that must have a like before Kafka acknowledges it
 */
public record TopicSettings(
        @DefaultValue(LikesTopic.NAME) String name,
        @DefaultValue("48") int partitions,
        @DefaultValue("1") short replication,
        @DefaultValue("1") int minInSyncReplicas) {}
