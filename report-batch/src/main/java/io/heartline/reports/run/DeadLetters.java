package io.heartline.reports.run;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Where records go that are no likes: key = their position, value = their bytes as they were, headers = why, and the key
 * they had. A record that is pulled again is written again.
 */
final class DeadLetters implements AutoCloseable {

    static final String REASON = "heartline_reason";
    static final String KEY = "heartline_key";

    private final String topic;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final List<Future<?>> onTheirWay = new ArrayList<>();
    private Producer<byte[], byte[]> producer;

    /** @param producers asked at the first letter, which most runs do not have; makes sure that the topic exists */
    DeadLetters(String topic, Supplier<Producer<byte[], byte[]>> producers) {
        this.topic = topic;
        this.producers = producers;
    }

    void add(ConsumerRecord<byte[], byte[]> record, String position, String reason) {
        if (producer == null) {
            producer = producers.get();
        }
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(topic, position.getBytes(StandardCharsets.US_ASCII), record.value());
        letter.headers().add(REASON, reason.getBytes(StandardCharsets.UTF_8));
        if (record.key() != null) {
            letter.headers().add(KEY, record.key());
        }
        onTheirWay.add(producer.send(letter));
    }

    /** Returns once Kafka has acknowledged them all, and throws its exception if it has not. */
    void flush() {
        for (Future<?> letter : onTheirWay) {
            try {
                letter.get();
            } catch (ExecutionException e) {
                throw new KafkaException("a dead letter was not taken", e.getCause());
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
        onTheirWay.clear();
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close();
        }
    }
}
