package io.heartline.reports.run;

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
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The offsets between which one partition of the log can be read.
 *
 * @param start the first offset that the log still has, inclusive
 * @param end the last stable offset, exclusive: the first record of an open transaction, or the high watermark without one
 * @param highWatermark everything that was acknowledged before it was asked for has a lower offset
 */
record Bounds(long start, long end, long highWatermark) {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /**
     * Asks the leaders of all partitions. The high watermark is asked for before the last stable offset. So if the latter is
     * not below the former, nothing that was acknowledged before this call waits for a transaction.
     *
     * @param consumer which reads committed records only; knows the leaders' epochs afterwards
     * @throws KafkaException if a leader has not answered within 10 s
     */
    static Map<Integer, Bounds> of(Admin admin, Consumer<?, ?> consumer, LikesLog log) {
        Map<TopicPartition, Long> highWatermarks = highWatermarks(admin, Survey.partitions(log));
        Set<TopicPartition> partitions = highWatermarks.keySet();
        consumer.assign(partitions); // or it warns of every single offset that it does not know what to do with it
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, TIMEOUT);
        Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions, TIMEOUT);
        return partitions.stream()
                .collect(Collectors.toMap(
                        TopicPartition::partition,
                        at -> new Bounds(starts.get(at), ends.get(at), highWatermarks.get(at))));
    }

    private static Map<TopicPartition, Long> highWatermarks(Admin admin, List<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        ListOffsetsOptions options =
                new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED).timeoutMs((int) TIMEOUT.toMillis());
        ListOffsetsResult asked = admin.listOffsets(latest, options);
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            try {
                offsets.put(partition, asked.partitionResult(partition).get().offset());
            } catch (ExecutionException e) {
                throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
        return offsets;
    }

    /** Whether no open transaction holds back records below the high watermark. */
    boolean isStable() {
        return end >= highWatermark;
    }

    /** Returns the number of records that no run can fold before a transaction ends. */
    long unstable() {
        return Math.max(0, highWatermark - end);
    }
}
