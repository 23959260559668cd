package io.heartline.bench;

import io.heartline.events.LikeEventRecord;
import io.heartline.events.Liked;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes likes of 160 bytes as fast as it is told to, encoded beforehand, one for each author in turn. */
final class Flood implements AutoCloseable {

    static final int EVENT_BYTES = 160;

    private static final int AT_ONCE = 1000; // sent between two looks at the clock
    private static final String ID = "e-000000000000";

    private final List<ProducerRecord<byte[], byte[]>> likes = new ArrayList<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<Exception> trouble = new AtomicReference<>();
    private long sent;

    /**
     * What was truly written.
     *
     * @param seconds until the last was acknowledged
     */
    record Written(long records, double seconds) {

        double rate() {
            return records / seconds;
        }
    }

    Flood(Broker broker, String topic, int authors) {
        for (int i = 0; i < authors; i++) {
            likes.add(LikeEventRecord.of(topic, like("author-" + i), "/bench"));
        }
        producer = new KafkaProducer<>(Backlog.settings(broker), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Padded by the liker, so that a like's JSON is of {@value #EVENT_BYTES} bytes whoever is liked. */
    static Liked like(String author) {
        Instant at = Instant.parse("2026-11-24T10:00:00Z");
        int bare = LikeEventRecord.of("any", new Liked(ID, "p-1", author, "l", at), "/bench")
                .value()
                .length;
        return new Liked(ID, "p-1", author, "l".repeat(Math.max(1, EVENT_BYTES - bare + 1)), at);
    }

    /** For so long; what it cannot write in time is left out. */
    Written write(int rate, int seconds) {
        Pace pace = Pace.fromNow(rate);
        long end = pace.start() + TimeUnit.SECONDS.toNanos(seconds);
        long before = sent;
        for (long now = pace.start(); now < end; now = System.nanoTime()) {
            long due = Math.min(pace.dueBy(now), (long) rate * seconds) - (sent - before);
            if (due == 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            for (long i = 0; i < Math.min(due, AT_ONCE); i++) {
                producer.send(likes.get((int) (sent++ % likes.size())), (written, e) -> {
                    if (e != null) {
                        trouble.set(e);
                    }
                });
            }
        }
        producer.flush();
        if (trouble.get() != null) {
            throw new CannotMeasureException("Kafka did not take what was written", trouble.get());
        }
        return new Written(sent - before, (System.nanoTime() - pace.start()) / 1e9);
    }

    /** Ever. */
    long sent() {
        return sent;
    }

    @Override
    public void close() {
        producer.close();
    }
}
