package io.heartline.producer;

import io.heartline.events.LikesTopic;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the event producer; {@code event-producer.yml} documents each.
 *
 * @param source the CloudEvents {@code source} of every event
 * @param ackTimeout how long a caller waits at most for Kafka to acknowledge
 * @param maxEventAge how far back {@code at} may lie
 * @param maxEventLead how far ahead {@code at} may lie, for clocks that run fast
 */
@ConfigurationProperties("heartline.producer")
record ProducerSettings(
        @DefaultValue Topic topic,
        @DefaultValue("/heartline/event-producer") String source,
        @DefaultValue("10s") Duration ackTimeout,
        @DefaultValue("90d") Duration maxEventAge,
        @DefaultValue("5m") Duration maxEventLead) {

    /** What the topic is created with if it is missing; an existing topic is never altered. */
    record Topic(
            @DefaultValue(LikesTopic.NAME) String name,
            @DefaultValue("48") int partitions,
            @DefaultValue("1") short replication,
            @DefaultValue("1") int minInSyncReplicas) {}
}
