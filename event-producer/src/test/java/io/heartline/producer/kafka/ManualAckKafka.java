package io.heartline.producer.kafka;

import io.heartline.quickstart.backends.Backends;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A log of its own topic. Its likes are acknowledged when the test completes them. */
public final class ManualAckKafka implements AutoCloseable {

    /** Completes acknowledgements when the test asks for it. */
    public final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                @Override
                public synchronized Future<RecordMetadata> send(
                        ProducerRecord<byte[], byte[]> sent, Callback callback) {
                    sendException = sendFailures.apply(sends++);
                    return super.send(sent, callback);
                }
            };

    /** Returns the failure of a send by its number, starting at 0; null if the send succeeds. */
    public volatile IntFunction<RuntimeException> sendFailures = number -> null;

    private int sends;

    private final TopicMonitor monitor = new TopicMonitor(
            () -> producer,
            Map.of("bootstrap.servers", Backends.bootstrapServers()),
            new TopicSettings(Backends.unique("likes"), 4, (short) 1, 1),
            Duration.ofHours(1));

    /** Appends likes through {@link #producer}. */
    public final LikeAppender appender = new LikeAppender(monitor, "/test", Duration.ofSeconds(30));

    /**
     * Starts the session and waits until the log is available.
     *
     * @throws Exception if the log is not available within 30 s
     */
    public void start() throws Exception {
        monitor.start();
        appender.whenAvailable().get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        monitor.close();
    }
}
