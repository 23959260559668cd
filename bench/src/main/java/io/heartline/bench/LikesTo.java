package io.heartline.bench;

import io.heartline.events.LikeEventRecord;
import io.heartline.events.Liked;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Likes of several authors in turn, at an even pace. */
final class LikesTo implements AutoCloseable {

    private final String topic;
    private final int authors;
    private final Dues dues;
    private final KafkaProducer<byte[], byte[]> producer;
    private long sent;

    LikesTo(Broker broker, String topic, int authors, Dues dues) {
        this.topic = topic;
        this.authors = authors;
        this.dues = dues;
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** What is measured of a pace, the beginning of which is to warm up. Times are of {@link System#nanoTime}. */
    static final class Period {

        private final Pace pace;
        private final long from;
        private final long to;
        private final long first; // of all likes ever sent
        private long next; // of this pace

        private Period(Pace pace, int before, int seconds, long first) {
            this.pace = pace;
            this.from = pace.start() + TimeUnit.SECONDS.toNanos(before);
            this.to = from + TimeUnit.SECONDS.toNanos(seconds);
            this.first = first;
        }

        long from() {
            return from;
        }

        long to() {
            return to;
        }

        /** Of those due in the period: how many so many clients should be told, who follow the authors in turn. */
        long toClients(int clients, int authors) {
            long count = 0;
            if (pace.rate() > 0) {
                for (long number = pace.dueBy(from - 1); number < pace.dueBy(to - 1); number++) {
                    int author = (int) ((first + number) % authors);
                    count += clients / authors + (author < clients % authors ? 1 : 0);
                }
            }
            return count;
        }
    }

    /** @param before seconds at that rate that are not measured */
    Period period(int rate, int before, int seconds) {
        return new Period(Pace.fromNow(rate), before, seconds, sent);
    }

    /** Returns then, when everything due before is sent. */
    void send(Period period, long until) {
        Pace pace = period.pace;
        while (pace.rate() > 0 && pace.due(period.next) - until < 0) {
            send(pace.await(period.next++));
        }
        for (long wait = until - System.nanoTime(); wait > 0; wait = until - System.nanoTime()) {
            LockSupport.parkNanos(wait);
        }
    }

    private void send(long due) {
        int author = (int) (sent % authors);
        dues.add(author, due);
        Liked like =
                new Liked("e-" + sent, "p-" + sent % 10, Readers.author(author), Due.liker(due, sent), Instant.now());
        producer.send(LikeEventRecord.of(topic, like, "/bench"));
        sent++;
    }

    @Override
    public void close() {
        producer.close();
    }
}
