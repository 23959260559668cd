package io.heartline.producer;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikesLog;
import io.heartline.events.NotALikeEventException;
import io.heartline.events.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The likes of a topic, from its first record to its last. */
public final class LoggedLikes {

    private final String servers;
    private final String topic;

    /**
     * Creates a reader of a topic.
     *
     * @param servers bootstrap servers of the broker
     * @param topic name of the topic
     */
    public LoggedLikes(String servers, String topic) {
        this.servers = servers;
        this.topic = topic;
    }

    /**
     * Describes the topic as it is now.
     *
     * @return the log
     * @throws Exception if the broker does not answer in 30 s
     */
    public LikesLog log() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            return LikesLog.describe(admin, topic).toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }

    /**
     * Returns all likes. Fails if a record is not a like in its author's partition.
     *
     * @return likes by position, in order within a partition
     * @throws Exception if the broker does not answer in 30 s
     */
    public Map<String, LikeEvent> all() throws Exception {
        LikesLog log = log();
        Map<String, LikeEvent> found = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records(log)) {
            found.put(new Position(log.epoch(), record.partition(), record.offset()).toString(), read(log, record));
        }
        return found;
    }

    private static LikeEvent read(LikesLog log, ConsumerRecord<byte[], byte[]> record) {
        try {
            return log.read(record);
        } catch (NotALikeEventException e) {
            throw new AssertionError("no like: " + record, e);
        }
    }

    /**
     * Returns all records up to the current ends of the partitions.
     *
     * @param log the log of the topic
     * @return records, in order within a partition
     */
    public List<ConsumerRecord<byte[], byte[]>> records(LikesLog log) {
        List<TopicPartition> partitions = IntStream.range(0, log.partitions())
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers, "auto.offset.reset", "none"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }
}
