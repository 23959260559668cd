package io.heartline.bench.load;

import io.heartline.bench.client.KafkaClients;
import io.heartline.bench.model.LikeGenerator;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.result.Console;
import io.heartline.bench.server.Broker;
import io.heartline.events.LikeEventRecord;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;

/** Writes likes to a topic as fast as Kafka accepts them. */
public final class BacklogWriter {

    private static final long REPORTED_EVERY = 1_000_000;

    private final Broker broker;
    private final String topic;

    public BacklogWriter(Broker broker, String topic) {
        this.broker = broker;
        this.topic = topic;
    }

    /** Writes a number of events, and returns when Kafka has acknowledged all of them. */
    public void write(LikeGenerator likes, long count) {
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.bulkProducer(broker.bootstrapServers())) {
            for (long i = 1; i <= count; i++) {
                producer.send(LikeEventRecord.of(topic, likes.next(), "/bench"), (written, e) -> {
                    if (e != null) {
                        failure.set(e);
                    }
                });
                if (i % REPORTED_EVERY == 0) {
                    Console.progress("%,d of %,d events written", i, count);
                }
            }
        }
        if (failure.get() != null) {
            throw new CannotMeasureException("Kafka did not accept an event", failure.get());
        }
    }
}
