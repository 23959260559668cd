package io.heartline.bench.load;

import io.heartline.bench.client.KafkaClients;
import io.heartline.bench.client.Readers;
import io.heartline.bench.model.DueTimes;
import io.heartline.bench.model.FrameText;
import io.heartline.bench.model.Pace;
import io.heartline.bench.server.Broker;
import io.heartline.events.LikeEventRecord;
import io.heartline.events.Liked;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.producer.KafkaProducer;

/** Writes likes of one or more authors in turn to a topic, at an even pace. Their ids are {@code e-0}, {@code e-1}, … */
public final class LikesWriter implements AutoCloseable {

    private final String topic;
    private final int authors;
    private final DueTimes dues;
    private final KafkaProducer<byte[], byte[]> producer;
    private long sent;

    /** @param dues receives the due time of each like */
    public LikesWriter(Broker broker, String topic, int authors, DueTimes dues) {
        this.topic = topic;
        this.authors = authors;
        this.dues = dues;
        producer = KafkaClients.producer(broker.bootstrapServers());
    }

    /** Returns a writer of the likes of {@code Readers.author(0)}. */
    public static LikesWriter ofOneAuthor(Broker broker, String topic) {
        return new LikesWriter(broker, topic, 1, new DueTimes(1));
    }

    /** The measured part of a load at an even pace, after a part that is not measured. Times are of {@link System#nanoTime}. */
    public static final class Period {

        private final Pace pace;
        public final long from;
        public final long to;
        private final long first; // number of the pace's first like, among all that were sent
        private long next; // number within the pace

        private Period(Pace pace, int before, int seconds, long first) {
            this.pace = pace;
            this.from = pace.start() + TimeUnit.SECONDS.toNanos(before);
            this.to = from + TimeUnit.SECONDS.toNanos(seconds);
            this.first = first;
        }

        /** Returns how many likes due in the period the clients should receive in all. They follow the authors in turn. */
        public long toClients(int clients, int authors) {
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
    public Period period(int rate, int before, int seconds) {
        return new Period(Pace.fromNow(rate), before, seconds, sent);
    }

    /** Sends the likes that are due before a time, and returns at that time. */
    public void send(Period period, long until) {
        Pace pace = period.pace;
        while (pace.rate() > 0 && pace.due(period.next) - until < 0) {
            send(pace.await(period.next++));
        }
        for (long wait = until - System.nanoTime(); wait > 0; wait = until - System.nanoTime()) {
            LockSupport.parkNanos(wait);
        }
    }

    /**
     * Sends the likes that are due in a number of seconds, and returns when Kafka has acknowledged them.
     *
     * @param burst how many likes are due at the same time
     */
    public void send(int rate, int burst, int seconds) {
        long count = (long) seconds * rate;
        sendWhile(rate, burst, number -> number < count);
    }

    /**
     * Sends likes, and returns when Kafka has acknowledged them.
     *
     * @param more called before each like with the number of likes that this call has sent
     */
    public void sendWhile(int rate, int burst, LongPredicate more) {
        Pace pace = Pace.fromNow(rate);
        for (long i = 0; more.test(i); i++) {
            send(pace.await(firstOfBurst(i, burst)));
        }
        producer.flush();
    }

    /** Returns the number of the like that has the due time of a burst. */
    static long firstOfBurst(long number, int burst) {
        return number - number % burst;
    }

    private void send(long due) {
        int author = (int) (sent % authors);
        dues.add(author, due);
        String liker = FrameText.likerId(due, sent);
        Liked like = new Liked(FrameText.eventId(sent), "p-" + sent % 10, Readers.author(author), liker, Instant.now());
        producer.send(LikeEventRecord.of(topic, like, "/bench"));
        sent++;
    }

    /** Returns the number of likes that all calls have sent. */
    public long sent() {
        return sent;
    }

    @Override
    public void close() {
        producer.close();
    }
}
