package io.heartline.quickstart.chaos;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.events.NotALikeEventException;
import io.heartline.events.Position;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The contents of the topic from its start to its end, read by Kafka's client without Heartline's code. */
final class TopicContents {

    private final LikesLog log;
    private final Map<String, NavigableMap<Long, String>> eventIds = new HashMap<>();

    private TopicContents(LikesLog log) {
        this.log = log;
    }

    static TopicContents read(KafkaCluster kafka) throws Exception {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
        try (Admin admin = Admin.create(settings);
                KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicContents records = new TopicContents(LikesLog.describe(admin, LikesTopic.NAME)
                    .toCompletableFuture()
                    .get());
            records.read(consumer);
            return records;
        }
    }

    private void read(KafkaConsumer<byte[], byte[]> consumer) throws NotALikeEventException {
        List<TopicPartition> partitions = IntStream.range(0, log.partitions())
                .mapToObj(partition -> new TopicPartition(log.topic(), partition))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                LikeEvent event = log.read(record);
                eventIds.computeIfAbsent(event.authorId(), author -> new TreeMap<>())
                        .put(record.offset(), event.id());
            }
        }
    }

    /** Returns the ids of an author's events, by offset. */
    NavigableMap<Long, String> eventIdsOf(String author) {
        return eventIds.getOrDefault(author, Collections.emptyNavigableMap());
    }

    /** Returns the offset of an author's latest event; -1 if there is none. */
    long lastOffsetOf(String author) {
        NavigableMap<Long, String> ids = eventIdsOf(author);
        return ids.isEmpty() ? -1 : ids.lastKey();
    }

    /** Returns the id of the author's event at a position; null if there is none. */
    String eventIdAt(String author, String position) {
        Position parsed = Position.parse(position);
        return parsed.epoch().equals(log.epoch()) && parsed.partition() == log.partitionOf(author)
                ? eventIdsOf(author).get(parsed.offset())
                : null;
    }
}
