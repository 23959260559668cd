package io.heartline.bench.load;

import io.heartline.bench.client.KafkaClients;
import io.heartline.bench.model.LikeGenerator;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.result.Console;
import io.heartline.bench.server.Broker;
import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventRecord;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
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
        write(number -> likes.next(), count);
    }

    /** Writes an event of each author, and returns when Kafka has acknowledged all of them. */
    public void writeOneOfEach(LikeGenerator likes, int authors) {
        write(number -> likes.next((int) number), authors);
    }

    /** @param events an event by its number, from 0 on */
    private void write(LongFunction<LikeEvent> events, long count) {
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.bulkProducer(broker.bootstrapServers())) {
            for (long i = 1; i <= count; i++) {
                producer.send(LikeEventRecord.of(topic, events.apply(i - 1), "/bench"), (written, e) -> {
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
