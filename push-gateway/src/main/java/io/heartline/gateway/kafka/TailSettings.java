package io.heartline.gateway.kafka;

import java.time.Duration;

/**
 * Settings of the threads that read the end of the topic.
 *
 * @param topic the name of the topic
 * @param tails the maximum number of tails; at least 1. Each partition belongs to one tail
 * @param preloadRecords how many records of each partition are read before the first client is accepted; not negative
 * @param retryInterval the pause after Kafka could not be read, and between two attempts to read a suspended partition
 * @param topicCheckInterval the pause between two checks that the topic was neither recreated nor given more partitions
 */
public record TailSettings(
        String topic, int tails, int preloadRecords, Duration retryInterval, Duration topicCheckInterval) {}
