package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.kafka.TopicMonitor;
import io.heartline.producer.kafka.TopicSettings;
import io.heartline.producer.limit.RateLimiter;
import io.heartline.quickstart.backends.Backends;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.kafka.core.ProducerFactory;
import reactor.core.publisher.Flux;

/** A stream whose log closes several times before it takes a line. */
class FailingProducersStreamIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int LINES = 3;

    private final LocalConnection connection = new LocalConnection();
    private final Producers producers = new Producers();
    private final TopicMonitor monitor = new TopicMonitor(
            producers,
            Map.of("bootstrap.servers", Backends.bootstrapServers()),
            new TopicSettings(Backends.unique("likes"), 4, (short) 1, 1),
            Duration.ofHours(1));
    private final LikeAppender appender = new LikeAppender(monitor, "/test", TIMEOUT);

    /** Hands out one after the other, as Spring's does after each reset. */
    private static final class Producers implements ProducerFactory<byte[], byte[]> {

        private final Deque<Producer<byte[], byte[]>> remaining = new ArrayDeque<>();

        @Override
        public Producer<byte[], byte[]> createProducer() {
            return remaining.peek();
        }

        @Override
        public void reset() {
            remaining.remove().close(Duration.ZERO);
        }
    }

    @AfterEach
    void close() {
        monitor.close();
        producers.remaining.forEach(producer -> producer.close(Duration.ZERO));
        connection.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void producersFailInARow_streamResumesWithEachSession_andItsLinesAreLogged(int failing) throws Exception {
        for (int i = 0; i < failing; i++) {
            MockProducer<byte[], byte[]> broken =
                    new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
            broken.sendException = new KafkaException("in an error state");
            producers.remaining.add(broken);
        }
        producers.remaining.add(new KafkaProducer<>(
                Map.of("bootstrap.servers", Backends.bootstrapServers(), "max.block.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer()));
        monitor.start();
        appender.whenAvailable().get(30, TimeUnit.SECONDS);

        List<byte[]> results = Flux.from(stream()).collectList().block(TIMEOUT);

        assertThat(new String(results.get(results.size() - 1), StandardCharsets.UTF_8))
                .endsWith("{\"done\":true,\"accepted\":" + LINES + ",\"refused\":0}\n");
        assertThat(producers.remaining).hasSize(1);
    }

    private LikeStream stream() {
        return connection.stream(
                Flux.just(LocalConnection.piece(LikeBodies.lines(0, LINES))).publishOn(connection.scheduler()),
                appender,
                RateLimiter.UNLIMITED,
                new LikeStream.Settings(8, 1_000_000, TIMEOUT, TIMEOUT, 1));
    }
}
