package io.heartline.bench.load;

import io.heartline.bench.client.KafkaClients;
import io.heartline.bench.model.IngestLikes;
import io.heartline.bench.model.Pace;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.server.Broker;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Writes likes of 160 bytes at a high rate, one for each author in turn. The records are encoded beforehand. */
public final class OpenLoopWriter implements AutoCloseable {

    private static final int MAX_BATCH = 1000; // records between two readings of the clock

    private final List<ProducerRecord<byte[], byte[]>> likes;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private long sent;

    /**
     * The result of a call.
     *
     * @param seconds until Kafka acknowledged the last record
     */
    public record Written(long records, double seconds) {

        double rate() {
            return records / seconds;
        }
    }

    public OpenLoopWriter(Broker broker, String topic, int authors) {
        likes = new IngestLikes(authors).records(topic);
        producer = KafkaClients.bulkProducer(broker.bootstrapServers());
    }

    /** Writes for a number of seconds. Records that cannot be written in that time are left out. */
    public Written write(int rate, int seconds) {
        Pace pace = Pace.fromNow(rate);
        long end = pace.start() + TimeUnit.SECONDS.toNanos(seconds);
        long before = sent;
        for (long now = pace.start(); now < end; now = System.nanoTime()) {
            long due = Math.min(pace.dueBy(now), (long) rate * seconds) - (sent - before);
            if (due == 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            for (long i = 0; i < Math.min(due, MAX_BATCH); i++) {
                producer.send(likes.get((int) (sent++ % likes.size())), (written, e) -> {
                    if (e != null) {
                        failure.set(e);
                    }
                });
            }
        }
        producer.flush();
        if (failure.get() != null) {
            throw new CannotMeasureException("Kafka did not accept a record", failure.get());
        }
        return new Written(sent - before, (System.nanoTime() - pace.start()) / 1e9);
    }

    /** Returns the number of records that all calls have sent. */
    long sent() {
        return sent;
    }

    @Override
    public void close() {
        producer.close();
    }
}
