package io.heartline.bench;

import io.heartline.events.Liked;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Polls, reads every value into a {@link BareLike}, and keeps nothing but how many there were: what every batch over this
 * topic has to do at least.
 */
final class ConsumerBatch implements BatchPeer.Batch {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private long liked;
    private long unliked;

    ConsumerBatch(String bootstrap, String topic) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "enable.auto.commit",
                        false,
                        "isolation.level",
                        "read_committed",
                        "max.poll.records",
                        5000), // as the report batch reads
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        partitions = consumer.partitionsFor(topic).stream()
                .map(found -> new TopicPartition(topic, found.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    @Override
    public void run() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Set<TopicPartition> behind = new HashSet<>(partitions);
        behind.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
        while (!behind.isEmpty()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                if (BareLike.of(record.value()).type().equals(Liked.TYPE)) {
                    liked++;
                } else {
                    unliked++;
                }
            }
            behind.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
        }
    }

    @Override
    public Figures figures() {
        return Figures.of(liked, unliked, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
