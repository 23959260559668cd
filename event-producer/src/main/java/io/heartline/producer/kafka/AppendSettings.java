package io.heartline.producer.kafka;

import java.time.Duration;

/**
 * Settings of how likes are appended to the topic.
 *
 * @param topic settings of the topic
 * @param source the CloudEvents {@code source} of every event
 * @param ackTimeout maximum time that a caller waits for Kafka's acknowledgement, 100 ms or more
 * @param topicCheckInterval time between two checks of the topic, 1 ms or more
 */
public record AppendSettings(TopicSettings topic, String source, Duration ackTimeout, Duration topicCheckInterval) {}
