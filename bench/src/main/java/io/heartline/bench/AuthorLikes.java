package io.heartline.bench;

import io.heartline.events.LikeEventRecord;
import io.heartline.events.Liked;
import java.time.Instant;
import java.util.Map;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes one author's likes to a topic, at an even pace, by themselves or some at a time. Their ids are {@code e-0}, {@code e-1}
 * and so on.
 */
final class AuthorLikes implements AutoCloseable {

    private final String topic;
    private final String author;
    private final int rate;
    private final int atOnce;
    private final KafkaProducer<byte[], byte[]> producer;
    private long sent;

    /**
     * @param rate likes a second
     * @param atOnce how many of them are due at the same time
     */
    AuthorLikes(Broker broker, String topic, String author, int rate, int atOnce) {
        this.topic = topic;
        this.author = author;
        this.rate = rate;
        this.atOnce = atOnce;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** As many as are due in so long a time. */
    void send(int seconds) {
        long count = (long) seconds * rate;
        sendWhile(number -> number < count);
    }

    /**
     * Returns once they are logged.
     *
     * @param more asked before each, by how many this call has sent
     */
    void sendWhile(LongPredicate more) {
        Pace pace = Pace.fromNow(rate);
        for (long i = 0; more.test(i); i++) {
            String liker = Due.liker(pace.await(firstOfBurst(i, atOnce)), sent);
            Liked like = new Liked(EventNumber.id(sent), "p-" + sent % 10, author, liker, Instant.now());
            producer.send(LikeEventRecord.of(topic, like, "/bench"));
            sent++;
        }
        producer.flush();
    }

    /** With which it is due. */
    static long firstOfBurst(long number, int atOnce) {
        return number - number % atOnce;
    }

    /** All told. */
    long sent() {
        return sent;
    }

    @Override
    public void close() {
        producer.close();
    }
}
