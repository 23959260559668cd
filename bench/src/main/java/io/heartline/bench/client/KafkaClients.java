package io.heartline.bench.client;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Creates Kafka clients for keys and values as bytes. */
public final class KafkaClients {

    private KafkaClients() {}

    public static KafkaProducer<byte[], byte[]> producer(String bootstrap, Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.putAll(Map.of("bootstrap.servers", bootstrap, "acks", "all"));
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Returns a producer that sends each record immediately. */
    public static KafkaProducer<byte[], byte[]> producer(String bootstrap) {
        return producer(bootstrap, Map.of("linger.ms", 0));
    }

    /** Returns a producer for throughput: compressed batches of 256 KB. */
    public static KafkaProducer<byte[], byte[]> bulkProducer(String bootstrap) {
        Map<String, Object> settings = new HashMap<>(Map.of("linger.ms", 5, "batch.size", 1 << 18));
        settings.putAll(Map.of("compression.type", "lz4", "buffer.memory", 1L << 26));
        return producer(bootstrap, settings);
    }

    /**
     * Returns a consumer without a group.
     *
     * @param settings in addition to those of every consumer here
     */
    public static KafkaConsumer<byte[], byte[]> consumer(String bootstrap, Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", bootstrap);
        all.put("enable.auto.commit", false);
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Assigns all partitions of a topic, at their ends: the consumer polls the records that are sent after this call. */
    public static void seekToEnd(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions = assign(consumer, topic);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /** Assigns all partitions of a topic, and returns them. */
    public static List<TopicPartition> assign(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(found -> new TopicPartition(topic, found.partition()))
                .toList();
        consumer.assign(partitions);
        return partitions;
    }
}
