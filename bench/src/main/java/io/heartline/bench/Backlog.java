package io.heartline.bench;

import io.heartline.events.LikeEventRecord;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes likes to a topic as fast as Kafka takes them. */
final class Backlog {

    private static final long TOLD_EVERY = 1_000_000;

    private final Broker broker;
    private final String topic;

    Backlog(Broker broker, String topic) {
        this.broker = broker;
        this.topic = topic;
    }

    /** The settings of whoever writes much: batches of 256 KB, packed. */
    static Map<String, Object> settings(Broker broker) {
        return Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "acks",
                "all",
                "compression.type",
                "lz4",
                "linger.ms",
                5,
                "batch.size",
                1 << 18,
                "buffer.memory",
                1L << 26);
    }

    /** Returns once all are acknowledged. */
    void write(Likes likes, long count) {
        AtomicReference<Exception> trouble = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings(broker), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long i = 1; i <= count; i++) {
                producer.send(LikeEventRecord.of(topic, likes.next(), "/bench"), (written, e) -> {
                    if (e != null) {
                        trouble.set(e);
                    }
                });
                if (i % TOLD_EVERY == 0) {
                    Console.progress("%,d of %,d events written", i, count);
                }
            }
        }
        if (trouble.get() != null) {
            throw new CannotMeasureException("Kafka did not take what was written", trouble.get());
        }
    }
}
