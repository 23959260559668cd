package io.heartline.producer;

import io.heartline.quickstart.backends.Backends;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A log of its own topic, whose likes are acknowledged when the test completes them. */
final class HeldBackKafka implements AutoCloseable {

    final MockProducer<byte[], byte[]> kafka =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final LogOpener opener = new LogOpener(
            () -> kafka,
            Map.of("bootstrap.servers", Backends.bootstrapServers()),
            new ProducerSettings.Topic(Backends.unique("likes"), 4, (short) 1, 1),
            Duration.ofHours(1));
    final LikeLog likes = new LikeLog(opener, "/test", Duration.ofSeconds(30));

    void open() throws Exception {
        opener.start();
        likes.opened().get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        opener.close();
    }
}
