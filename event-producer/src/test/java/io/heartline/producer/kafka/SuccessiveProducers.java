package io.heartline.producer.kafka;

import io.heartline.quickstart.backends.Backends;
import java.time.Duration;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.kafka.core.ProducerFactory;

/** A log of its own topic, whose producers the test supplies. A producer is replaced by the next when it has failed. */
public final class SuccessiveProducers implements AutoCloseable {

    final Deque<Error> errors = new ConcurrentLinkedDeque<>(); // each is thrown once, before the next producer
    final Semaphore permits = new Semaphore(Integer.MAX_VALUE); // one for each creation of a producer
    final TopicMonitor monitor = new TopicMonitor(
            new Factory(),
            Map.of("bootstrap.servers", Backends.bootstrapServers()),
            new TopicSettings(Backends.unique("likes"), 4, (short) 1, 1),
            Duration.ofHours(1));

    private final Deque<Producer<byte[], byte[]>> remaining = new ConcurrentLinkedDeque<>();

    /** Returns the first producer until it is reset, like Spring's factory. */
    private final class Factory implements ProducerFactory<byte[], byte[]> {

        @Override
        public Producer<byte[], byte[]> createProducer() {
            permits.acquireUninterruptibly();
            Error error = errors.poll();
            if (error != null) {
                throw error;
            }
            return remaining.peek();
        }

        @Override
        public void reset() {
            remaining.remove().close(Duration.ZERO);
        }
    }

    /**
     * Adds a producer that is used after all producers before it have failed.
     *
     * @param producer the producer
     */
    public void add(Producer<byte[], byte[]> producer) {
        remaining.add(producer);
    }

    /**
     * Returns how many producers were not replaced yet.
     *
     * @return the number of producers, with the current one
     */
    public int remaining() {
        return remaining.size();
    }

    /**
     * Returns a producer of Kafka's own client, which appends to a real broker.
     *
     * @return a new producer
     */
    public static KafkaProducer<byte[], byte[]> kafkaProducer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", Backends.bootstrapServers(), "max.block.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /**
     * Returns an appender to the log. It appends once {@link #start} was called.
     *
     * @param ackTimeout maximum time for an acknowledgement
     * @return a new appender
     */
    public LikeAppender appender(Duration ackTimeout) {
        return new LikeAppender(monitor, "/test", ackTimeout);
    }

    /** Starts the first session. */
    public void start() {
        monitor.start();
    }

    @Override
    public void close() {
        monitor.close();
        remaining.forEach(producer -> producer.close(Duration.ZERO));
    }
}
