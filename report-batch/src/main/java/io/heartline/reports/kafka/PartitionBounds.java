package io.heartline.reports.kafka;

import io.heartline.events.LikesLog;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The offsets between which one partition of the log can be read.
 *
 * @param start the first offset that the log still has, inclusive
 * @param end the last stable offset, exclusive: the first record of an open transaction, or the high watermark without one
 * @param highWatermark exclusive: every record that was acknowledged before the lookup has a lower offset
 */
public record PartitionBounds(long start, long end, long highWatermark) {

    private static final Logger logger = LoggerFactory.getLogger(PartitionBounds.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /**
     * Asks the leader of each partition that has one, for the high watermark before the last stable offset. So if the latter
     * is not below the former, no record that was acknowledged before this call waits for a transaction.
     *
     * @param admin asks for leaders and high watermarks; the caller closes it
     * @param consumer reads committed records only; knows the leaders' epochs afterwards
     * @param log the log whose partitions are asked for
     * @return the bounds by partition, without partitions whose leader has not answered within 10 s
     * @throws KafkaException if no leader has answered
     */
    public static Map<Integer, PartitionBounds> fetch(Admin admin, Consumer<?, ?> consumer, LikesLog log) {
        Map<TopicPartition, Long> highWatermarks = highWatermarks(admin, partitionsWithLeader(admin, log));
        Set<TopicPartition> partitions = highWatermarks.keySet();
        consumer.assign(partitions); // otherwise it logs a warning for each offset
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, TIMEOUT);
        Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions, TIMEOUT);
        return partitions.stream()
                .collect(Collectors.toMap(
                        TopicPartition::partition,
                        partition -> new PartitionBounds(
                                starts.get(partition), ends.get(partition), highWatermarks.get(partition))));
    }

    /** Returns the partitions with a leader. For others the admin client would ask Kafka thousands of times a second. */
    private static List<TopicPartition> partitionsWithLeader(Admin admin, LikesLog log) {
        TopicDescription topic = await(
                admin.describeTopics(List.of(log.topic())).topicNameValues().get(log.topic()));
        List<TopicPartition> partitions = topic.partitions().stream()
                .filter(partition -> partition.leader() != null && partition.partition() < log.partitions())
                .map(partition -> new TopicPartition(log.topic(), partition.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new LeaderNotAvailableException("no partition of " + log.topic() + " has a leader");
        }
        return partitions;
    }

    private static Map<TopicPartition, Long> highWatermarks(Admin admin, List<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        ListOffsetsOptions options =
                new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED).timeoutMs((int) TIMEOUT.toMillis());
        ListOffsetsResult response = admin.listOffsets(latest, options);
        Map<TopicPartition, Long> offsets = new HashMap<>();
        RetriableException lastError = null;
        for (TopicPartition partition : partitions) {
            try {
                offsets.put(
                        partition, await(response.partitionResult(partition)).offset());
            } catch (RetriableException e) {
                logger.warn("the leader of {} has not answered: {}", partition, e.getMessage());
                lastError = e;
            }
        }
        if (offsets.isEmpty() && lastError != null) {
            throw lastError;
        }
        return offsets;
    }

    private static <T> T await(KafkaFuture<T> response) {
        try {
            return response.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** {@return whether no open transaction holds back records below the high watermark} */
    public boolean isStable() {
        return end >= highWatermark;
    }

    /** {@return the number of records that no run can fold before a transaction ends; 0 if the bounds are stable} */
    public long unstableRecords() {
        return Math.max(0, highWatermark - end);
    }
}
